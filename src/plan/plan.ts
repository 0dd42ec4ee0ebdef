/** The plan of a training: the rules of `rules/`, applied in their order to the facts on a data set. */
import { defined } from '../base/defaults.js';
import type { DataFacts } from './facts.js';
import { type Decided, type Limits, type PlannedOptions, type Rule, UNLIMITED } from './rule.js';
import * as images from './rules/images.js';
import * as network from './rules/network.js';
import * as training from './rules/training.js';

/** The rules in the order in which they are applied: each sees what those before it have chosen. */
export const RULES: { readonly [K in keyof PlannedOptions]: Rule<PlannedOptions[K]> } = {
  size: images.size,
  fit: images.fit,
  patch: images.patch,
  filters: network.filters,
  norm: network.norm,
  upsample: network.upsample,
  initialisation: network.initialisation,
  normalisation: images.normalisation,
  augment: images.augment,
  loss: training.loss,
  batch: training.batch,
  microBatch: training.microBatch,
  patches: images.patches,
  foreground: images.foreground,
  optimizer: training.optimizer,
  learningRate: training.learningRate,
  schedule: training.schedule,
  epochs: training.epochs,
  warmup: training.warmup,
};

/** The reason of an option that the user gives. */
export const GIVEN = 'Given.';

/** Options, and one sentence for each that says why. */
export interface Choices<Given = unknown> {
  readonly options: Given & Partial<PlannedOptions>;
  readonly reasons: Readonly<Record<string, string>>;
}

/**
 * Chooses the options of a training, a pure function of its arguments. Options that are given stay as they are, and the
 * others are chosen around them.
 * @param given options by the same names; others may be among them, and are taken over
 * @param limits what restricts the plan beside the data. Default: nothing
 */
export function chooseOptions<Given extends Decided>(
  facts: DataFacts,
  given: Given,
  limits: Limits = UNLIMITED,
): Choices<Given> {
  const fixed = defined(given);
  const options: Record<string, unknown> = {};
  const reasons: Record<string, string> = {};
  for (const [name, rule] of Object.entries<Rule<unknown>>(RULES)) {
    const chosen = Object.hasOwn(fixed, name)
      ? { value: fixed[name as keyof Given], reason: GIVEN }
      : rule(facts, { ...fixed, ...options }, limits);
    if (!chosen) continue;
    options[name] = chosen.value;
    reasons[name] = chosen.reason;
  }
  for (const [name, value] of Object.entries(fixed)) {
    options[name] = value;
    reasons[name] = GIVEN;
  }
  return { options: options as Given, reasons };
}
