/** `unetpp import-onnx`: an ONNX file becomes a model. */
import { type ImportOnnxFileOptions, importOnnxFile } from '../../app/models/import-onnx-file.js';
import { path } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { grouped } from '../../base/quantities.js';
import { countParameters } from '../../network/parameters.js';
import { type CommonOptions, command, report } from '../program.js';
import { networkText } from '../tables/describe.js';

export const importOnnxCommand = command(
  'import-onnx',
  'Turn an ONNX file into a model: a network of the UNet++ family, as unetpp export or torch.onnx.export writes it. It is recognised by its structure; a file with something else in it is refused, and the node is named.',
  'unetpp import-onnx --weights net.onnx --out net-unetpp.safetensors',
)
  .usage('--weights FILE --out FILE [options]')
  .requiredOption('--weights <file>', 'ONNX file of operator set 13 or newer, with its weights in it', path)
  .requiredOption('--out <file>', 'model file to write', path)
  .addTable(forceOptions)
  .action(run);

async function run(options: CommonOptions & ImportOnnxFileOptions): Promise<void> {
  const { config, parameters: store } = await importOnnxFile(options);
  const parameters = countParameters(store.list);
  const lines = [`${networkText(config)}, ${grouped(parameters)} parameters, written to ${options.out}`];
  report(options, lines, { parameters, config });
}
