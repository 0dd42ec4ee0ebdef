/** The models that are measured together, one or several, and which of their outputs are scored. */

import type { Dataset } from '../data/dataset.js';
import type { MaskRule } from '../infer/masks.js';
import { meanBands } from '../infer/mean-bands.js';
import type { Bands } from '../infer/own-size.js';
import type { Prediction } from '../infer/prediction.js';
import type { Model } from '../model/model.js';
import { type MaskOptions, meanMaskRule } from '../model/postprocessing.js';
import { resolveMode } from '../model/recommendation.js';
import type { Thresholds } from '../model/threshold.js';
import { type Mode, type Output, outputOf, outputsOf } from '../network/mode.js';
import { type OwnSizeOptions, type PredictedSample, type PredictHeads, predictedAtOwnSize } from './own-size.js';

/** A model, and the images as it reads them. */
export interface Member {
  readonly model: Model;
  readonly dataset: Dataset;
}

/** An output that is scored: the same one of all models, or what a mode stands for in each. */
export interface ScoredOutput {
  /** As in `outputsOf`; of models that differ in their outputs, the mode. */
  readonly name: string;
  /** `L1`, `L2`, …, where it is a head that all models have. */
  readonly head?: string;
  /** Which of the outputs of each model it is, counted as in `outputsOf`. */
  readonly indices: readonly number[];
  /** How its probabilities become a mask. */
  readonly rule: MaskRule;
}

/** The options of masks are those of all outputs. */
export interface ScoredOptions extends MaskOptions {
  readonly mode?: Mode | 'auto' | undefined;
  /** The thresholds of outputs by their names. Default: the means of those of the models. */
  readonly thresholds?: Thresholds | undefined;
}

export interface ScoredOutputs {
  /** The resolved mode; 'auto' where it is not the same one for all models. */
  readonly mode: Mode | 'auto';
  readonly outputs: readonly ScoredOutput[];
  /** Which of the outputs the mode is. */
  readonly chosen: number;
}

/**
 * Lists what is scored: the outputs that all models have where these are the same for all, else what the mode stands for.
 * @throws InputError for a mode that a model does not have
 */
export function scoredOutputs(
  members: readonly Pick<Member, 'model'>[],
  { mode: wanted = 'accurate', threshold, thresholds = {}, postprocessing }: ScoredOptions,
): ScoredOutputs {
  const models = members.map(({ model }) => model);
  const lists = models.map(({ config }) => outputsOf(config));
  const scored = (name: string, of: readonly Output[]): ScoredOutput => ({
    name,
    indices: of.map((output, k) => lists[k]!.indexOf(output)),
    rule: meanMaskRule(models, of, { threshold: threshold ?? thresholds[name], postprocessing }),
  });
  const first = lists[0]!;
  const isCommon = lists.every((list) => `${list}` === `${first}`);
  const outputs = (isCommon ? first : []).map((name): ScoredOutput => {
    const output = scored(
      name,
      lists.map(() => name),
    );
    return name === 'accurate' ? output : { ...output, head: name };
  });
  const modes = models.map((model) => resolveMode(wanted, model));
  const mode = modes.every((one) => one === modes[0]) ? modes[0]! : 'auto';
  const chosen = scored(
    mode,
    modes.map((one, k) => outputOf(one, models[k]!.config)),
  );
  const known = outputs.findIndex(({ indices }) => `${indices}` === `${chosen.indices}`);
  if (known >= 0) return { mode, outputs, chosen: known };
  return { mode, outputs: [...outputs, chosen], chosen: outputs.length };
}

/**
 * Predicts the samples `names` as `predictedAtOwnSize` does, by the mean of the models.
 * @param predict computes the predictions of an only member; by default each model does
 * @returns the samples and frames of the first member, and the bands of `outputs`
 */
export async function* predictedByMembers(
  members: readonly Member[],
  outputs: readonly ScoredOutput[],
  names: readonly string[],
  options: OwnSizeOptions,
  predict?: PredictHeads,
): AsyncGenerator<PredictedSample, void, void> {
  const [first, ...others] = members.map(({ model, dataset }, k) => {
    const told = k === 0 ? options : { ...options, onProgress: undefined };
    return predictedAtOwnSize(model, dataset, names, told, predict);
  });
  for await (const predicted of first!) {
    const bands = [predicted.bands];
    for (const other of others) {
      const { value } = await other.next();
      bands.push(value!.bands);
    }
    const chosen = bands.map((each, k) =>
      picked(
        each,
        outputs.map(({ indices }) => indices[k]!),
      ),
    );
    yield { ...predicted, bands: meanBands(chosen) };
  }
}

/** The bands of some outputs. */
async function* picked(bands: Bands, indices: readonly number[]): AsyncGenerator<readonly Prediction[], void, void> {
  for await (const band of bands) yield indices.map((index) => band[index]!);
}
