/**
 * The postprocessing of a model's masks, see `postprocess`. It is chosen on validation images, for the mean of the heads
 * and for each head by itself, and travels with the model as the thresholds do, with which it was found.
 */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { isPostprocessing, POSTPROCESSING_FORM, type Postprocessing } from '../image/postprocessing.js';
import type { MaskRule } from '../infer/masks.js';
import type { ModelConfig } from '../network/config.js';
import { type Mode, outputOf, outputsOf } from '../network/mode.js';
import { type Thresholds, thresholdOf } from './threshold.js';

/** Postprocessing by the names of `outputsOf`. The masks of an output that is left out stay as they are. */
export type Postprocessings = Readonly<Record<string, Postprocessing>>;

/** How a mask is made where it is not made as the model's card says. */
export interface MaskOptions {
  /** The probability above which a pixel is foreground. Default: the threshold of the model, see `thresholdOf`. */
  readonly threshold?: number | undefined;
  /** What is removed and filled; `{}` leaves masks as they are. Default: what the model's card says. */
  readonly postprocessing?: Postprocessing | undefined;
}

/** What a model's card says of masks. */
interface MaskCard {
  readonly thresholds: Thresholds;
  readonly postprocessing?: Postprocessings | undefined;
}

/**
 * How the probabilities of a mode become a mask: as the model's card says, unless told otherwise.
 * @throws InputError for a postprocessing that is none
 */
export function maskRuleOf(
  model: { readonly config: ModelConfig; readonly card: MaskCard },
  mode: Mode,
  options: MaskOptions = {},
): MaskRule {
  const { config, card } = model;
  const { threshold = thresholdOf(model, mode), postprocessing = card.postprocessing?.[outputOf(mode, config)] ?? {} } =
    options;
  if (!isPostprocessing(postprocessing)) {
    throw new InputError(`postprocessing is ${show(postprocessing)}, expected ${POSTPROCESSING_FORM}`);
  }
  return { threshold, ...(Object.keys(postprocessing).length > 0 && { postprocessing }) };
}

/** @throws InputError that names the source, for anything but names of outputs with a postprocessing each */
export function parsePostprocessings(value: unknown, config: ModelConfig, source: string): Postprocessings {
  const names: readonly string[] = outputsOf(config);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const isKnown = ([name, of]: [string, unknown]) => names.includes(name) && isPostprocessing(of);
  if (isObject && Object.entries(value).every(isKnown)) return value as Postprocessings;
  throw new InputError(
    `${source}: expected {NAME: ${POSTPROCESSING_FORM}} with names from ${names.join(', ')} and whole numbers of at least 1, found ${show(value)}`,
  );
}
