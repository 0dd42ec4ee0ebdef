/** `unetpp import-torch`: a PyTorch state dict becomes a model. */
import { type ImportTorchFileOptions, importTorchFile } from '../../app/models/import-torch-file.js';
import { path } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { grouped } from '../../base/quantities.js';
import { countParameters } from '../../network/parameters.js';
import { type CommonOptions, command, report } from '../program.js';
import { networkText } from '../tables/describe.js';

export const importTorchCommand = command(
  'import-torch',
  'Turn PyTorch weights into a model: a state dict with the names of pytorch-nested-unet, saved with safetensors.torch.save_file.',
  `unetpp import-torch --weights net.safetensors --config '{"filters": [32,64,128,256,512], "norm": "batch"}' --out net-unetpp.safetensors`,
)
  .usage('--weights FILE --config JSON_OR_FILE --out FILE [options]')
  .requiredOption('--weights <file>', 'safetensors file of the state dict', path)
  .requiredOption(
    '--config <json>',
    'the network, as JSON or a file of it: filters, inChannels, classes, norm, upsample, skips; fields that are left out take the defaults of unetpp train',
    path,
  )
  .requiredOption('--out <file>', 'model file to write', path)
  .addTable(forceOptions)
  .action(run);

async function run(options: CommonOptions & ImportTorchFileOptions): Promise<void> {
  const model = await importTorchFile(options);
  const parameters = countParameters(model.parameters.list);
  const lines = [`${networkText(model.config)}, ${grouped(parameters)} parameters, written to ${options.out}`];
  report(options, lines, { parameters });
}
