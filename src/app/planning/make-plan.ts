/** `unetpp plan`: a plan of a training, with what it takes of this machine, and on request with a measured learning rate. */
import { InputError } from '../../base/errors.js';
import { jsonText } from '../../base/json.js';
import { encodePng } from '../../formats/png/encode.js';
import type { DataFacts } from '../../plan/facts.js';
import { UNLIMITED } from '../../plan/rule.js';
import { secondsPerEpoch, trainingSeconds } from '../../plan/time.js';
import { rateChart } from '../../report/rate-chart.js';
import { type RangeTest, rangeTest } from '../../train/range-test.js';
import { LEARNING_RATES, PLAN } from '../kinds.js';
import { type Observer, progressOf } from '../observer.js';
import { valuesOf } from '../options/option.js';
import { plannedTable } from '../options/plan-options.js';
import { completeOptions } from '../options/train-options.js';
import { outputsOf } from '../outputs.js';
import { withInitialModel } from '../training/initial-model.js';
import { modelOf, type PlannedTraining, trainOptionsOf } from '../training/job.js';
import { type Draft, draftPlan, draftWithin, type Given, type TimedDraft } from './draft.js';
import type { Measure } from './measure.js';
import { type PlanFile, planFile } from './plan-file.js';
import { lookAtData, REAL_TIME, refuseTwoLengths, type Timing } from './resolve-options.js';

export interface PlanCommandOptions extends Given {
  /** The data folder. */
  readonly data: string;
  /** Whether the learning rate is measured by a range test. */
  readonly findLr?: boolean;
  /** The file for the plan; the picture of the learning rates lies beside it. */
  readonly out?: string;
}

/** A plan, and what was written. */
export interface MadePlan {
  readonly plan: PlanFile;
  /** What the plan was made for: its data, and who computes. */
  readonly planned: PlannedTraining;
  /** The range test, where one was made. */
  readonly rates?: RangeTest;
  readonly files: readonly string[];
}

/**
 * Makes a plan; the options that are given stay as they are.
 * @throws InputError for options that exclude each other, a folder that is no data folder, or too little time
 */
export async function makePlan(
  asked: PlanCommandOptions,
  observer: Observer,
  signal: AbortSignal,
  { measure }: Pick<Timing, 'measure'> = REAL_TIME,
): Promise<MadePlan> {
  const { data, out, findLr = false, minutes, learningRate, initFrom } = asked;
  refuseTwoLengths(asked);
  if (findLr && learningRate !== undefined) {
    throw new InputError(
      `--find-lr measures the learning rate, and --lr ${learningRate} gives it; leave one of them out`,
    );
  }
  const outputs = outputsOf(asked, { '--data': data, '--init-from': initFrom });
  const file = out === undefined ? undefined : await outputs.file(out, PLAN);
  const picture = file && findLr ? await outputs.file(pictureOf(file.path), LEARNING_RATES) : undefined;
  const given = await withInitialModel(asked);
  const facts = await lookAtData(given, observer, signal);
  const secondsLeft = () => 60 * minutes!;
  const draft: TimedDraft =
    minutes === undefined
      ? await measured(await draftPlan(facts, given, UNLIMITED), measure, signal)
      : await draftWithin(facts, given, { minutes, secondsLeft, measure, signal });
  const { planned, speed, choices } = draft;
  try {
    const rates = findLr ? await testRates(planned, facts, observer, signal) : undefined;
    const { epochs } = completeOptions(choices.options);
    const plan = planFile({
      data: facts,
      options: { ...valuesOf(plannedTable, choices.options), ...rateOf(rates) },
      reasons: { ...valuesOf(plannedTable, choices.reasons), ...(rates && { learningRate: rateReason(rates) }) },
      forecast: {
        memoryBytes: planned.memory,
        secondsPerEpoch: rounded(secondsPerEpoch(speed)),
        minutes: rounded(trainingSeconds(speed, epochs) / 60),
      },
    });
    await picture?.write(encodePng(rateChart(rates!.points, rates!.suggestion), LEARNING_RATES.text));
    await file?.write(jsonText(plan));
    const files = [file, picture].flatMap((written) => (written ? [written.path] : []));
    return { plan, planned, files, ...(rates && { rates }) };
  } finally {
    planned.backend.close();
  }
}

async function measured(draft: Draft, measure: Measure, signal: AbortSignal): Promise<TimedDraft> {
  try {
    return { ...draft, speed: await measure(draft.planned, signal) };
  } catch (error) {
    draft.planned.backend.close();
    throw error;
  }
}

/** The picture beside a plan: `plan-lr.png` beside `plan.json`. */
function pictureOf(plan: string): string {
  return `${plan.replace(/\.json$/, '')}-lr.png`;
}

async function testRates(
  planned: PlannedTraining,
  { shares }: DataFacts,
  observer: Observer,
  signal: AbortSignal,
): Promise<RangeTest> {
  const options = { ...trainOptionsOf(planned), signal };
  return rangeTest(modelOf(planned, shares), planned.dataset, options, progressOf(observer, 'learning rates'));
}

function rateOf({ suggestion }: Partial<RangeTest> = {}): Given {
  return suggestion === undefined ? {} : { learningRate: suggestion };
}

function rateReason({ points, lowest }: RangeTest): string {
  if (!lowest) return `The usual rate, as the loss fell at none of ${points.length} rates that were tested.`;
  return `Measured: the loss falls up to a rate of ${Number(lowest.learningRate.toPrecision(2))}, of which a tenth is taken.`;
}

/** To three digits: more are noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
