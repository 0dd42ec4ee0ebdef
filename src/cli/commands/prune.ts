/** `unetpp prune`: the network cut down to one head, as a model file of its own. */
import { type PruneFileOptions, pruneFile } from '../../app/models/prune-file.js';
import { level, model, path } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { grouped, inWords, memorySize } from '../../base/quantities.js';
import { networkCost } from '../../model/summary.js';
import { levelName } from '../../network/mode.js';
import { type CommonOptions, command, report } from '../program.js';
import { costSize } from '../tables/costs.js';
import { networkText } from '../tables/describe.js';

export const prune = command(
  'prune',
  'Cut a model down to one head, whose output stays the same bit for bit; everything that this head does not need is left out.',
  'unetpp prune --model runs/my-scans/model.safetensors --level 2 --out small.safetensors',
)
  .usage('--model FILE --level N --out FILE [options]')
  .requiredOption('--model <file>', 'model file, or the name of a model', model)
  .requiredOption('--level <n>', 'the head that is kept: 1 or L1, 2 or L2, …', level)
  .requiredOption('--out <file>', 'model file to write', path)
  .addTable(forceOptions)
  .action(run);

async function run(options: CommonOptions & PruneFileOptions): Promise<void> {
  const { level, out } = options;
  const { model, pruned, bytes } = await pruneFile(options);
  const size = costSize(model);
  const [before, after] = [model, pruned].map(({ config }) =>
    networkCost(config, 'accurate', { width: size, height: size }),
  );
  const lines = [
    `${levelName(level)} of ${networkText(model.config)}`,
    `parameters     ${grouped(after!.parameters)} of ${grouped(before!.parameters)}`,
    `multiply-adds  ${inWords(after!.macs)} of ${inWords(before!.macs)}, an image of ${size}x${size}`,
    `written to ${out}, ${memorySize(bytes)}`,
  ];
  report(options, lines, {
    level,
    parametersBefore: before!.parameters,
    parametersAfter: after!.parameters,
    macsBefore: before!.macs,
    macsAfter: after!.macs,
    size,
    out,
    bytes,
  });
}
