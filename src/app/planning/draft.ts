/** A plan that fits: into the memory of this machine, and where that is limited into the time. */
import { deepEqual } from '../../base/deep-equal.js';
import { plural } from '../../base/quantities.js';
import type { DataFacts } from '../../plan/facts.js';
import { type Choices, chooseOptions } from '../../plan/plan.js';
import { LADDER, type Limits, type Rung } from '../../plan/rule.js';
import { stepsPerEpoch } from '../../plan/rules/training.js';
import { epochsWithin, requireAnEpoch, type Speed, secondsPerEpoch } from '../../plan/time.js';
import { settleBackend } from '../backend.js';
import { MemoryError } from '../memory.js';
import { completeOptions, type TrainCommandOptions } from '../options/train-options.js';
import { type PlannedTraining, planTraining } from '../training/job.js';
import { openData } from '../training/training-data.js';
import type { Measure } from './measure.js';

/** The options of a training that are given. */
export type Given = Partial<TrainCommandOptions>;

/** A plan, and the training that it stands for; whoever gets it closes its backend. */
export interface Draft {
  readonly choices: Choices<Given>;
  readonly planned: PlannedTraining;
  readonly limits: Limits;
}

const NO_MEMORY = 'the memory does not suffice for more';

/** How many images a worker computes at once at most where the memory does not suffice, tried in this order. */
const MICRO_BATCHES = [undefined, 2, 1] as const;

/** How many steps of the optimizer are enough to stay on a rung; with fewer, a smaller network takes more of them. */
const ENOUGH: Readonly<Record<Rung, number>> = { wide: 3000, usual: 800, narrow: 300, small: 0 };

/** By how much a rung is faster than the one above at most: one that cannot have steps enough is not measured. */
const FASTER = 4;

/** The wide network is tried with at least so many training images and minutes. */
const WIDE = { images: 1000, minutes: 120 };

/**
 * Plans a training that fits into the memory: with smaller micro-batches, and below that a smaller network.
 * @param from the rung to begin with
 * @throws InputError as `planTraining` does, where nothing fits
 */
export async function draftPlan(facts: DataFacts, given: Given, from: Limits): Promise<Draft> {
  let shortage: unknown;
  for (const { rung } of LADDER.slice(indexOf(from.rung))) {
    for (const microBatch of MICRO_BATCHES) {
      const short = rung !== from.rung || microBatch !== undefined;
      const limits: Limits = { ...from, rung, ...(microBatch && { microBatch }), ...(short && { because: NO_MEMORY }) };
      const choices = chooseOptions(facts, given, limits);
      try {
        return { choices, limits, planned: await plannedBy(choices.options) };
      } catch (error) {
        if (!(error instanceof MemoryError)) throw error;
        shortage = error;
      }
    }
  }
  throw shortage;
}

/** A training by options that are complete but for defaults; what is remarkable about its backend is told when it begins. */
export async function plannedBy(given: Given): Promise<PlannedTraining> {
  const options = completeOptions(given);
  return planTraining(await settleBackend(options, {}), await openData(options));
}

/** The time of a training, and how it is measured. */
export interface TimeLimit {
  readonly minutes: number;
  /** The seconds that are left of them now. */
  readonly secondsLeft: () => number;
  readonly measure: Measure;
  readonly signal: AbortSignal;
}

/** A draft with the time that it takes. */
export interface TimedDraft extends Draft {
  readonly speed: Speed;
}

/**
 * Plans a training that fits into the time, too. Where there would be too few steps, a smaller network takes more of them.
 * @throws InputError where not even one epoch of the smallest fits
 */
export async function draftWithin(facts: DataFacts, given: Given, limit: TimeLimit): Promise<TimedDraft> {
  const { minutes, secondsLeft, measure, signal } = limit;
  const isWide = facts.images.train >= WIDE.images && minutes >= WIDE.minutes;
  const rungs = distinctRungs(facts, given, isWide ? 'wide' : 'usual');
  let because: string | undefined;
  let possible = Number.POSITIVE_INFINITY;
  for (const rung of rungs) {
    if (possible < ENOUGH[rung]) {
      possible *= FASTER;
      continue;
    }
    const draft = await draftPlan(facts, given, { rung, ...(because !== undefined && { because }) });
    const { planned, choices, limits } = draft;
    try {
      const speed = await measure(planned, signal);
      const epochs = epochsWithin(secondsLeft(), speed);
      const steps = epochs * stepsPerEpoch(facts, choices.options);
      if (steps >= ENOUGH[limits.rung] || rung === rungs.at(-1)) {
        requireAnEpoch(minutes, speed, epochs);
        const time = { minutes, secondsPerEpoch: secondsPerEpoch(speed), epochs };
        return { ...draft, choices: chooseOptions(facts, given, { ...limits, time }), speed };
      }
      possible = FASTER * steps;
      // The usual one is no less than the data asks for.
      if (rung !== 'wide')
        because = `with more, only ${plural(steps, 'step')} would fit into ${plural(minutes, 'minute')}`;
    } catch (error) {
      planned.backend.close();
      throw error;
    }
    planned.backend.close();
  }
  throw new Error('internal: a ladder without rungs');
}

/** The rungs from one on that differ from the one before: what is given may leave nothing to become smaller. */
function distinctRungs(facts: DataFacts, given: Given, from: Rung): Rung[] {
  const rungs = LADDER.slice(indexOf(from)).map(({ rung }) => rung);
  const optionsOf = (rung: Rung) => chooseOptions(facts, given, { rung }).options;
  return rungs.filter((rung, k) => k === 0 || !deepEqual(optionsOf(rung), optionsOf(rungs[k - 1]!)));
}

function indexOf(rung: Rung): number {
  return LADDER.findIndex((each) => each.rung === rung);
}
