/** `unetpp evaluate`: metrics of a model on labelled images. */
import { Option } from 'commander';
import { openDataset } from '../data/dataset.js';
import { createBackend, loadModel, type Threads } from '../index.js';
import { parseMode } from '../model/mode.js';
import type { Model } from '../model/model.js';
import { type Evaluation, evaluate as evaluateModel } from '../train/evaluate.js';
import type { Scores } from '../train/metrics.js';
import { plural } from './format.js';
import { requireForEvaluation } from './memory.js';
import { type CommonOptions, command, report } from './program.js';
import { Progress } from './progress.js';
import { between, path, threads, whole } from './values.js';

const SUBSETS = ['validation', 'test', 'train', 'all'] as const;

interface EvaluateOptions extends CommonOptions {
  readonly model: string;
  readonly data: string;
  readonly subset: (typeof SUBSETS)[number];
  readonly mode: string;
  readonly size?: number;
  readonly threshold: number;
  readonly seed?: number;
  readonly threads: Threads;
  readonly relaxed?: boolean;
}

/** Pixels a side for a model that has no size of its own. */
const SIZE = 128;
/** Images computed at once. */
const BATCH = 4;

export const evaluate = command(
  'evaluate',
  'Measure a model on images and masks: Dice and IoU in a mode, and of every head.',
  'unetpp evaluate --model runs/my-scans/model.safetensors --data my-scans',
)
  .usage('--model FILE --data DIR [options]')
  .requiredOption('--model <file>', 'model file', path)
  .requiredOption('--data <dir>', 'folder with images/NAME.png and masks/NAME.png', path)
  .addOption(
    new Option('--subset <name>', 'which images; only a split.json can name some for test')
      .choices(SUBSETS)
      .default('validation'),
  )
  .option('--mode <mode>', 'accurate (mean of the heads), fast (deepest head) or L1, L2, …', 'accurate')
  .option('--threshold <p>', 'probability above which a pixel is foreground', between(0, 1), 0.5)
  .option('--size <pixels>', `width and height of the images (default: that of the training, else ${SIZE})`, whole(1))
  .option(
    '--seed <n>',
    'draws the split where there is no split.json (default: that of the training, else 1)',
    whole(0, Number.MAX_SAFE_INTEGER),
  )
  .option('--threads <n>', 'how many compute together; auto: one for each core', threads, 'auto')
  .option('--relaxed', 'fused multiply-adds: faster, but not the same bits on every machine')
  .action(run);

async function run(options: EvaluateOptions): Promise<void> {
  const backend = createBackend('wasm', { threads: options.threads, relaxed: options.relaxed });
  const model = await loadModel(options.model, { backend });
  const mode = parseMode(options.mode, model.config);
  const size = options.size ?? model.preprocessing.size ?? SIZE;
  requireForEvaluation(model, BATCH, size);
  const { inChannels } = model.config;
  const dataset = await openDataset(options.data, {
    size,
    normalisation: model.preprocessing.normalisation,
    seed: options.seed ?? trainingSeed(model) ?? 1,
    ...((inChannels === 1 || inChannels === 3) && { channels: inChannels }),
  });
  const progress = new Progress(options);
  const { subset, threshold } = options;
  const started = performance.now();
  const result = await evaluateModel(model, dataset, {
    subset,
    mode,
    threshold,
    batch: BATCH,
    onProgress: (done, total) => progress.update('evaluate', done, total, `${done} of ${total} images`),
  }).finally(() => progress.clear());
  const seconds = (performance.now() - started) / 1000;
  report(options, table(result, options), { ...result, subset, threshold, seconds, threads: model.backend.threads });
}

/** With another seed, images that the model was trained on would count as validation. */
function trainingSeed({ training }: Model): number | undefined {
  return typeof training?.seed === 'number' ? training.seed : undefined;
}

function table({ images, mode, loss, heads, ...scores }: Evaluation, { subset, threshold }: EvaluateOptions): string[] {
  const row = (name: string, { dice, iou, pooledIou }: Scores) =>
    name.padEnd(8) + [dice, iou, pooledIou].map((score) => score.toFixed(4).padStart(12)).join('');
  return [
    `${plural(images, 'image')} (${subset}), threshold ${threshold}, loss ${loss.toFixed(4)}`,
    `        ${['Dice', 'IoU', 'pooled IoU'].map((title) => title.padStart(12)).join('')}`,
    row(mode, scores),
    ...heads.map((head) => row(head.head, head)),
  ];
}
