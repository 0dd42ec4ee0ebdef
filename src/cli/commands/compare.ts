/** `unetpp compare`: what each head of a model is worth, what it costs, and the smallest that suffices. */
import { Option } from 'commander';
import { BATCH, type LabelledOptions, labelledCommand, openLabelled } from '../../app/evaluation-data.js';
import { saveUnchanged } from '../../app/save-unchanged.js';
import { compareModes } from '../../evaluate/compare-modes.js';
import { createBackend, type Threads } from '../../index.js';
import { decodeModel } from '../../model/modelfile.js';
import { type RecommendationScore, recommendationScores } from '../../model/recommendation.js';
import { readFileChecked } from '../../platform/node/files/atomic.js';
import { between, threads, whole } from '../options/parsers.js';
import { type CommonOptions, report } from '../program.js';
import { comparisonTable, recommendationLines } from '../tables/compare-table.js';
import { ProgressBar } from '../terminal/progress.js';

interface CompareOptions extends CommonOptions, LabelledOptions {
  readonly score: RecommendationScore;
  readonly tolerance: number;
  readonly runs: number;
  readonly threads: Threads;
  readonly save?: boolean;
}

export const compare = labelledCommand(
  'compare',
  'Compare the heads of a model, each as the model that prune makes of it, and their mean, on images and masks: scores, parameters, multiply-adds, time and memory. The cheapest that is near enough to the best is recommended.',
  'unetpp compare --model runs/my-scans/model.safetensors --data my-scans --save',
)
  .option('--runs <n>', 'predictions of one image that are timed in each mode, in turns', whole(1, 10_000), 15)
  .option('--threads <n>', 'how many compute together; auto: one for each core', threads, 'auto')
  .optionsGroup('Recommendation:')
  .addOption(
    new Option('--score <name>', 'what is compared: means over the images, or all pixels counted together')
      .choices(recommendationScores)
      .default('dice'),
  )
  .option('--tolerance <t>', 'how far below the best score the recommended mode may lie', between(0, 1), 0.01)
  .option('--save', 'store it in the model file, for predict and evaluate with --mode auto')
  .action(run);

async function run(options: CompareOptions): Promise<void> {
  const { subset, score, tolerance, runs } = options;
  const backend = createBackend('wasm', { threads: options.threads });
  const bytes = await readFileChecked(options.model);
  const model = await decodeModel(bytes, options.model, backend);
  const dataset = await openLabelled(model, options);
  const progress = new ProgressBar(options);
  const started = performance.now();
  const comparison = await compareModes(model, dataset, {
    ...{ subset, score, tolerance, runs, batch: BATCH },
    onProgress(phase, done, total) {
      progress.update(phase, done, total, `${done} of ${total} ${phase === 'timing' ? 'rounds' : 'images'}`);
    },
  });
  const { images, rows, recommendation } = comparison;
  const saved = options.save ?? false;
  if (saved) {
    model.adopt({ ...model.card, recommendation });
    await saveUnchanged(model, options.model, bytes);
  }
  progress.clear();
  const { size } = dataset;
  const { threads } = backend;
  const lines = [
    ...comparisonTable(comparison, { subset, size, runs, threads }),
    '',
    ...recommendationLines(comparison, { config: model.config, file: options.model, subset, saved }),
  ];
  report(options, lines, {
    ...{ images, subset, size, runs, threads, rows, recommendation },
    saved,
    seconds: (performance.now() - started) / 1000,
  });
}
