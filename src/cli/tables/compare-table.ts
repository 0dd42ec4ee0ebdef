/** The output of `unetpp compare`: a row for each head and for the mean, and the recommendation. */

import type { EvaluatedSizes } from '../../app/evaluation/evaluation-data.js';
import { grouped, inWords, memorySize, plural } from '../../base/quantities.js';
import type { ModeComparison } from '../../evaluate/compare-modes.js';
import { bestOf } from '../../model/recommendation.js';
import type { ModelConfig } from '../../network/config.js';
import { reasonText } from './describe.js';
import { table } from './table.js';
import { shellWord, sizesText } from './words.js';

export interface ComparisonContext {
  readonly subset: string;
  readonly sizes: EvaluatedSizes;
  /** The side of what cost and time are of. */
  readonly costSize: number;
  readonly runs: number;
  /** What computed, in words. */
  readonly on: string;
}

export interface Adoption {
  readonly config: ModelConfig;
  /** The model file. */
  readonly file: string;
  readonly subset: string;
  /** Whether the recommendation was stored in it. */
  readonly saved: boolean;
}

export function comparisonTable({ images, rows }: ModeComparison, context: ComparisonContext): string[] {
  const { subset, sizes, costSize, runs, on } = context;
  const deepest = rows.filter(({ mode }) => mode !== 'accurate').at(-1)!.mode;
  const titles = ['mode', 'Dice', 'IoU', 'pooled IoU', 'parameters', 'multiply-adds', 'ms', `of ${deepest}`, 'memory'];
  const cells = rows.map((row) => [
    row.mode,
    ...[row.dice, row.iou, row.pooledIou].map((score) => score.toFixed(4)),
    grouped(row.parameters),
    inWords(row.macs),
    row.milliseconds.toFixed(1),
    percent(row.timeShare),
    memorySize(row.memoryBytes),
  ]);
  const timedImage = sizes.size === null ? `one patch of ${costSize}x${costSize} pixels` : 'one image';
  const timed = `median of ${plural(runs, 'prediction')} of ${timedImage} on ${on}, in turns`;
  return [
    `${plural(images, 'image')} (${subset}) ${sizesText(sizes)}`,
    '',
    ...table(titles, cells),
    '',
    `ms: ${timed}; accurate: the mean of the heads`,
  ];
}

/** Explains the recommendation, and how to use it. */
export function recommendationLines(comparison: ModeComparison, { config, file, subset, saved }: Adoption): string[] {
  const { rows, recommendation } = comparison;
  const { mode } = recommendation;
  const row = (name: string) => rows.find((one) => one.mode === name)!;
  const [chosen, best] = [row(mode), row(bestOf(recommendation.scores))];
  const gain = [
    `${(best.milliseconds / chosen.milliseconds).toFixed(1)} times as fast`,
    `${percent(chosen.parameters / best.parameters)} of the parameters`,
  ];
  const because = [reasonText(recommendation), ...(chosen === best ? [] : gain)].join(', ');
  const out = `${mode}.safetensors`;
  const prune = ['npx unetpp prune --model', shellWord(file), '--level', mode.slice(1), '--out', out].join(' ');
  return [
    `${mode} is recommended: ${because}.`,
    saved ? `stored in ${file}, for --mode auto` : 'not stored; --save stores it in the model file, for --mode auto',
    ...(mode === 'accurate' || !config.deepSupervision ? [] : ['To write a model with this head only:', `  ${prune}`]),
    subset === 'train' || subset === 'all'
      ? 'Scores on training images are too high: compare on other images.'
      : 'It was chosen on these images: evaluate it on other images.',
  ];
}

/** Writes a ratio as `34 %` or `5.7 %`. */
function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
