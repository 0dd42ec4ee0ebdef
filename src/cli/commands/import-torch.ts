/** `unetpp import-torch`: a PyTorch state dict becomes a model. */

import { type ForceOption, forceOption, outputsOf } from '../../app/outputs.js';
import { parseJson } from '../../base/json.js';
import { readSafetensors } from '../../formats/safetensors.js';
import { createBackend } from '../../index.js';
import { DERIVED_MODEL, encodeModel } from '../../model/modelfile.js';
import { importTorch } from '../../model/torch.js';
import { countParameters } from '../../network/parameters.js';
import { readFileChecked } from '../../platform/node/files/atomic.js';
import { path } from '../options/parsers.js';
import { type CommonOptions, command, report } from '../program.js';
import { networkText } from '../tables/describe.js';
import { grouped } from '../tables/format.js';

interface ImportOptions extends CommonOptions, ForceOption {
  readonly weights: string;
  readonly config: string;
  readonly out: string;
}

export const importTorchCommand = command(
  'import-torch',
  'Turn PyTorch weights into a model: a state dict with the names of pytorch-nested-unet, saved with safetensors.torch.save_file.',
  `unetpp import-torch --weights net.safetensors --config '{"filters": [32,64,128,256,512], "norm": "batch"}' --out net-unetpp.safetensors`,
)
  .usage('--weights FILE --config JSON_OR_FILE --out FILE [options]')
  .requiredOption('--weights <file>', 'safetensors file of the state dict', path)
  .requiredOption(
    '--config <json>',
    'the network, as JSON or a file of it: filters, inChannels, classes, norm, upsample, skips; what is left out is as in unetpp train',
    path,
  )
  .requiredOption('--out <file>', 'model file to write', path)
  .addOption(forceOption())
  .action(run);

async function run(options: ImportOptions): Promise<void> {
  const reads = { '--weights': options.weights, '--config': isInline(options.config) ? undefined : options.config };
  const file = await outputsOf(options, reads).file(options.out, DERIVED_MODEL);
  const config = await parseConfigOption(options.config);
  const { tensors } = await readSafetensors(await readFileChecked(options.weights), options.weights);
  const model = importTorch(tensors, config, { backend: createBackend(), file: options.weights });
  await file.write(await encodeModel(model));
  const parameters = countParameters(model.parameters.list);
  const lines = [`${networkText(model.config)}, ${grouped(parameters)} parameters, written to ${options.out}`];
  report(options, lines, { parameters });
}

/** Inline JSON begins with a brace; everything else is the name of a file. */
function isInline(config: string): boolean {
  return config.trimStart().startsWith('{');
}

async function parseConfigOption(text: string): Promise<unknown> {
  if (isInline(text)) return parseJson(text, '--config');
  return parseJson(new TextDecoder().decode(await readFileChecked(text)), text);
}
