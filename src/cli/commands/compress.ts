/** `unetpp compress`: a model file with smaller weights, and what they change. */
import { Option } from 'commander';
import { type CompressFileOptions, compressFile, type MeasuredChange } from '../../app/models/compress-file.js';
import { inferenceOptions } from '../../app/options/inference-options.js';
import { model, path } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { grouped, percent, plural } from '../../base/quantities.js';
import { weightFormats } from '../../model/weight-formats.js';
import { withOptionalImages } from '../options/evaluation-options.js';
import { type CommonOptions, command, report } from '../program.js';
import { networkText } from '../tables/describe.js';
import { table } from '../tables/table.js';
import { sizesText } from '../tables/words.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const compress = withOptionalImages(
  command(
    'compress',
    'Write a model with smaller weights: float16, half the size, or int8 with a scale for each output channel, a quarter. It is computed in float32 as before. With --data, the scores before and after are measured.',
    'unetpp compress --model runs/my-scans/model.safetensors --weights int8 --out small.safetensors --data my-scans',
  )
    .usage('--model FILE --weights TYPE --out FILE [options]')
    .requiredOption('--model <file>', 'model file, or the name of a model', model)
    .addOption(
      new Option('--weights <type>', 'how the weights of convolutions are stored; all other numbers stay float32')
        .choices(weightFormats.filter((format) => format !== 'f32'))
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'model file to write', path)
    .addTable(forceOptions)
    .optionsGroup('Measuring the change:'),
)
  .addTable(inferenceOptions)
  .action(run);

const SCORES = { dice: 'Dice', iou: 'IoU', pooledDice: 'pooled Dice', pooledIou: 'pooled IoU' } as const;

async function run(options: CommonOptions & CompressFileOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const { config, bytesBefore, bytesAfter, change, backend, adapter } = await compressFile(
    options,
    terminalObserver(bar),
  );
  bar.clear();
  const { weights, out, subset } = options;
  const lines = [
    `${weights} weights of ${networkText(config)}`,
    `${grouped(bytesAfter)} bytes instead of ${grouped(bytesBefore)} (${percent(bytesAfter / bytesBefore)}), written to ${out}`,
    ...(change ? ['', ...changeLines(change, subset)] : []),
  ];
  const result = { weights, out, bytesBefore, bytesAfter };
  report(options, lines, change ? { ...result, ...changeResult(change), subset, backend, adapter } : result);
}

function changeLines(change: MeasuredChange, subset: string): string[] {
  const { images, mode, before, after, pixels, changedPixels } = change;
  const rows = Object.entries(SCORES).map(([name, title]) => {
    const [from, to] = [before, after].map((scores) => scores[name as keyof typeof SCORES]) as [number, number];
    return [title, from.toFixed(4), to.toFixed(4), signed(to - from)];
  });
  return [
    `${plural(images, 'image')} (${subset}) ${sizesText(change)}, mode ${mode}`,
    '',
    ...table(['score', 'before', 'after', 'change'], rows),
    '',
    `${grouped(changedPixels)} of ${grouped(pixels)} pixels of the masks differ (${percent(changedPixels / pixels)})`,
  ];
}

/** The scores by their names, each before and after. */
function changeResult({ before, after, ...facts }: MeasuredChange): object {
  const names = Object.keys(SCORES) as (keyof typeof SCORES)[];
  const scores = names.map((name) => {
    return [name, { before: before[name], after: after[name], change: after[name] - before[name] }] as const;
  });
  return { ...facts, ...Object.fromEntries(scores) };
}

/** Writes a difference with its sign: `+0.0009`. */
function signed(difference: number): string {
  return `${difference < 0 ? '-' : '+'}${Math.abs(difference).toFixed(4)}`;
}
