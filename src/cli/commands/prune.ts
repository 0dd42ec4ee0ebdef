/** `unetpp prune`: the network cut down to one head, as a model file of its own. */

import { type ForceOption, forceOption, outputsOf } from '../../app/outputs.js';
import { loadModel } from '../../index.js';
import { DERIVED_MODEL, encodeModel } from '../../model/modelfile.js';
import { prune as pruneModel } from '../../model/prune.js';
import { networkCost } from '../../model/summary.js';
import { levelName } from '../../network/mode.js';
import { level, path } from '../options/parsers.js';
import { type CommonOptions, command, report } from '../program.js';
import { costSize } from '../tables/costs.js';
import { networkText } from '../tables/describe.js';
import { grouped, inWords, memorySize } from '../tables/format.js';

interface PruneOptions extends CommonOptions, ForceOption {
  readonly model: string;
  readonly level: number;
  readonly out: string;
}

export const prune = command(
  'prune',
  'Write a smaller model that says what one head of a model says, bit for bit: all that this head does not need is left out.',
  'unetpp prune --model runs/my-scans/model.safetensors --level 2 --out small.safetensors',
)
  .usage('--model FILE --level N --out FILE [options]')
  .requiredOption('--model <file>', 'model file', path)
  .requiredOption('--level <n>', 'the head that is kept: 1 or L1, 2 or L2, …', level)
  .requiredOption('--out <file>', 'model file to write', path)
  .addOption(forceOption())
  .action(run);

async function run(options: PruneOptions): Promise<void> {
  const { level, out } = options;
  const file = await outputsOf(options, { '--model': options.model }).file(out, DERIVED_MODEL);
  const model = await loadModel(options.model, { threads: 1 });
  const pruned = pruneModel(model, level);
  const bytes = await encodeModel(pruned);
  await file.write(bytes);
  const size = costSize(model);
  const [before, after] = [model, pruned].map(({ config }) =>
    networkCost(config, 'accurate', { width: size, height: size }),
  );
  const lines = [
    `${levelName(level)} of ${networkText(model.config)}`,
    `parameters     ${grouped(after!.parameters)} of ${grouped(before!.parameters)}`,
    `multiply-adds  ${inWords(after!.macs)} of ${inWords(before!.macs)}, an image of ${size}x${size}`,
    `written to ${out}, ${memorySize(bytes.length)}`,
  ];
  report(options, lines, {
    level,
    parametersBefore: before!.parameters,
    parametersAfter: after!.parameters,
    macsBefore: before!.macs,
    macsAfter: after!.macs,
    size,
    out,
    bytes: bytes.length,
  });
}
