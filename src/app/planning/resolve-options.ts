/** The options of a training that begins: those that are given, and before defaults those of a plan or a recipe. */
import { InputError } from '../../base/errors.js';
import { type DataFacts, gatherFacts } from '../../plan/facts.js';
import { UNLIMITED } from '../../plan/rule.js';
import { givenKind } from '../../plan/rules/images.js';
import { epochsWithin, requireAnEpoch, type Speed, trainingSeconds } from '../../plan/time.js';
import { type Observer, progressOf } from '../observer.js';
import { networkOptions } from '../options/network-options.js';
import { completeOptions, type TrainCommandOptions } from '../options/train-options.js';
import { withRecipe } from '../recipes.js';
import { withInitialModel } from '../training/initial-model.js';
import { openData } from '../training/training-data.js';
import { type Draft, draftPlan, draftWithin, type Given, plannedBy, type TimedDraft, type TimeLimit } from './draft.js';
import { type Measure, measureSpeed } from './measure.js';
import { readPlan, requireSameData } from './plan-file.js';

/** What measures time: how fast a training is, and a clock in milliseconds. */
export interface Timing {
  readonly measure: Measure;
  readonly now: () => number;
}

export const REAL_TIME: Timing = { measure: measureSpeed, now: () => performance.now() };

/** The options of a new training, and where they come from. */
export interface ResolvedOptions {
  readonly options: TrainCommandOptions;
  /** Why each option was chosen that suits the data. */
  readonly reasons: Readonly<Record<string, string>>;
  /** How long the training takes; absent where that was not measured. */
  readonly seconds?: number;
}

/** Resolves the options of a new training, as `resolveWithReasons` does. */
export async function resolveOptions(...asked: Parameters<typeof resolveWithReasons>): Promise<TrainCommandOptions> {
  return (await resolveWithReasons(...asked)).options;
}

/**
 * Resolves the options of a new training: what is given goes before the model that it begins from, then comes its
 * plan or its recipe, and then the defaults.
 * Without `minutes` they follow from the data alone, unless the memory of this machine does not suffice.
 * @throws InputError for options that exclude each other, a plan that is damaged or of other data, or too little time
 */
export async function resolveWithReasons(
  asked: Given,
  observer: Observer,
  signal: AbortSignal,
  timing: Timing = REAL_TIME,
): Promise<ResolvedOptions> {
  refuseTwoLengths(asked);
  const source = planSource(asked);
  const given = await withInitialModel(asked);
  const limit = given.minutes === undefined ? undefined : limitFrom(given.minutes, signal, timing);
  if (source === 'auto') return suitedToData(given, limit, observer, signal);
  const file = source === 'off' ? undefined : source;
  const resolved = await (file === undefined ? withRecipe(given) : withPlan(file, given));
  if (!limit) {
    if (file !== undefined) observer.remark?.({ kind: 'planned', data: given.data, file });
    return { options: completeOptions(resolved), reasons: {} };
  }
  const { options, time } = await withEpochsFor(resolved, limit);
  observer.remark?.({ kind: 'planned', time, ...(file !== undefined && { file }) });
  return { options, reasons: {}, seconds: time.seconds };
}

/** The time from now on. */
function limitFrom(minutes: number, signal: AbortSignal, { measure, now }: Timing): TimeLimit {
  const begun = now();
  return { minutes, secondsLeft: () => 60 * minutes - (now() - begun) / 1000, measure, signal };
}

/** Options that suit the data, and the time where it is limited. */
async function suitedToData(
  given: Given,
  limit: TimeLimit | undefined,
  observer: Observer,
  signal: AbortSignal,
): Promise<ResolvedOptions> {
  const facts = await lookAtData(given, observer, signal);
  const draft: Draft & Partial<TimedDraft> = limit
    ? await draftWithin(facts, given, limit)
    : await draftPlan(facts, given, UNLIMITED);
  draft.planned.backend.close();
  const options = completeOptions(draft.choices.options);
  const { because: smaller } = draft.limits;
  const time = limit && timeOf(limit, options, draft.speed!);
  observer.remark?.({ kind: 'planned', data: given.data, ...(smaller && { smaller }), ...(time && { time }) });
  return { options, reasons: draft.choices.reasons, ...(time && { seconds: time.seconds }) };
}

/** Options with as many epochs as fit into the time; a warm-up as long as the training is left out. */
async function withEpochsFor(given: Given, limit: TimeLimit) {
  const { minutes, secondsLeft, measure, signal } = limit;
  const planned = await plannedBy(given);
  try {
    const speed = await measure(planned, signal);
    const epochs = epochsWithin(secondsLeft(), speed);
    requireAnEpoch(minutes, speed, epochs);
    const options = completeOptions({ ...given, epochs, ...((given.warmup ?? 0) >= epochs && { warmup: 0 }) });
    return { options, time: timeOf(limit, options, speed) };
  } finally {
    planned.backend.close();
  }
}

/** @throws InputError where both the time and the epochs are given */
export function refuseTwoLengths({ minutes, epochs }: Given): void {
  if (minutes === undefined || epochs === undefined) return;
  throw new InputError(
    `--minutes ${minutes} and --epochs ${epochs} exclude each other: the epochs follow from the time; leave one of them out`,
  );
}

/** Gathers the facts on the data that the options name. */
export async function lookAtData(given: Given, observer: Observer, signal: AbortSignal): Promise<DataFacts> {
  const { data, seed, splitSizes, splitBy } = given;
  const dataset = await openData(completeOptions({ data, seed, splitSizes, splitBy }));
  return gatherFacts(dataset, { signal, onProgress: progressOf(observer, 'planning') });
}

/**
 * Says where the plan comes from: 'auto', 'off', or the path of its file.
 * @throws InputError for a plan of the phantom, or one beside a recipe
 */
function planSource({ planning, data, recipe, ...given }: Given): string {
  if (planning === undefined) {
    const own = Object.keys(networkOptions).some((name) => given[name as keyof typeof given] !== undefined);
    return data === undefined || recipe !== undefined || own ? 'off' : 'auto';
  }
  if (planning === 'off') return planning;
  if (data === undefined) {
    throw new InputError(`--plan ${planning}: the phantom has options of its own; give --data, or leave --plan out`);
  }
  if (recipe !== undefined) {
    throw new InputError(`--plan ${planning} and --recipe ${recipe} exclude each other; leave one of them out`);
  }
  return planning;
}

/** Adds the options of a plan, but for those that belong to the other way of seeing images. */
async function withPlan(file: string, given: Given): Promise<Given> {
  const plan = await readPlan(file);
  const { size, fit, patch, patches, foreground, spacing, ...others } = plan.options;
  const kind = givenKind(given);
  const whole = kind === 'patch' ? {} : { size, fit };
  const cut = kind === 'size' ? {} : { patch, patches, foreground, spacing };
  const resolved = { ...others, ...whole, ...cut, ...given };
  requireSameData(plan, file, await openData(completeOptions(resolved)));
  return resolved;
}

function timeOf({ minutes }: TimeLimit, { epochs }: TrainCommandOptions, speed: Speed) {
  return { minutes, epochs, seconds: trainingSeconds(speed, epochs) };
}
