/** Learning rate schedules: hand-computed rates, PyTorch's, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  learningRateAt,
  Plateau,
  type ScheduledRun,
  type ScheduleOptions,
  scheduleSettings,
} from '../../src/train/optimizer/schedule.js';
import { throwsInput } from '../support/throws.js';

const RUN: ScheduledRun = { epochs: 3, learningRate: 0.1 };

/** The rates of all steps of a run with `stepsPerEpoch` steps an epoch. */
function rates(options: ScheduleOptions & Partial<ScheduledRun>, stepsPerEpoch = 2, factor?: number): number[] {
  const settings = scheduleSettings({ ...RUN, ...options });
  const steps = settings.epochs * stepsPerEpoch;
  return Array.from({ length: steps }, (_, step) => learningRateAt(step, stepsPerEpoch, settings, factor));
}

function close(actual: readonly number[], expected: readonly number[]): void {
  assert.is(actual.length, expected.length);
  expected.forEach((rate, k) => {
    assert.ok(Math.abs(actual[k]! - rate) < 1e-15, `step ${k}: ${actual[k]}, expected ${rate}`);
  });
}

test('constant is the default, and exactly the rate given', () => {
  assert.equal(rates({}), Array(6).fill(0.1));
  assert.equal(rates({ schedule: undefined, warmup: undefined } as ScheduleOptions), Array(6).fill(0.1));
});

test('cosine by hand', () => {
  const half = Math.SQRT1_2;
  close(rates({ schedule: 'cosine', epochs: 4, learningRate: 2 }, 1), [2, 1 + half, 1, 1 - half]);
});

/** `o.param_groups[0]['lr']` before each of six steps of SGD(lr=0.1) with the scheduler, of PyTorch 2.13. */
const PYTORCH: Record<string, [ScheduleOptions, number[]]> = {
  'CosineAnnealingLR(o, T_max=6)': [
    { schedule: 'cosine' },
    [0.1, 0.09330127018922195, 0.07500000000000001, 0.05, 0.025000000000000012, 0.006698729810778065],
  ],
  'CosineAnnealingLR(o, T_max=6, eta_min=0.01)': [
    { schedule: 'cosine', minLearningRate: 0.01 },
    [0.1, 0.09397114317029975, 0.07750000000000001, 0.055000000000000014, 0.032500000000000015, 0.01602885682970026],
  ],
  'PolynomialLR(o, total_iters=6, power=0.9)': [
    { schedule: 'polynomial' },
    [0.1, 0.08486661467891869, 0.06942531626616072, 0.053588673126814666, 0.037204105801130156, 0.019937186647521924],
  ],
  'PolynomialLR(o, total_iters=6, power=2)': [
    { schedule: 'polynomial', power: 2 },
    [0.1, 0.06944444444444446, 0.04444444444444447, 0.02500000000000001, 0.011111111111111117, 0.0027777777777777775],
  ],
};

for (const [scheduler, [options, expected]] of Object.entries(PYTORCH)) {
  test(`as PyTorch's ${scheduler}`, () => close(rates(options), expected));
}

test('polynomial falls to the lowest rate, not to 0', () => {
  close(
    rates({ schedule: 'polynomial', power: 1, epochs: 4, learningRate: 1, minLearningRate: 0.2 }, 1),
    [1, 0.8, 0.6, 0.4],
  );
});

test('warm-up rises linearly from near 0, and the schedule begins behind it', () => {
  close(rates({ warmup: 1.5, learningRate: 8 }), [2, 4, 6, 8, 8, 8]);
  close(rates({ schedule: 'polynomial', power: 1, warmup: 0.5, learningRate: 10 }), [5, 10, 8, 6, 4, 2]);
  close(rates({ schedule: 'plateau', warmup: 1.5, learningRate: 8 }, 2, 0.5), [1, 2, 3, 4, 4, 4]);
  // of less than half a step there is none
  close(rates({ warmup: 0.2 }), Array(6).fill(0.1));
});

test('the last rate of a long run is small, and above 0', () => {
  for (const schedule of ['cosine', 'polynomial'] as const) {
    const settings = scheduleSettings({ schedule, epochs: 1000, learningRate: 1 });
    const last = learningRateAt(999_999, 1000, settings);
    assert.ok(last > 0 && last < 1e-5, `${schedule}: ${last}`);
  }
});

test('a step outside of the run is our fault', () => {
  const settings = scheduleSettings({ ...RUN, schedule: 'polynomial' });
  for (const step of [-1, 6]) assert.throws(() => learningRateAt(step, 2, settings), `internal: step ${step} of 6`);
});

const SCORES = [0.1, 0.3, 0.3, 0.2, 0.25, 0.31, 0.31, 0.3, 0.3, 0.1, 0.1, 0.4, 0.4];

/** ReduceLROnPlateau(o, mode='max', factor=0.5, patience=…, threshold=0, min_lr=0.02) of SGD(lr=0.1), PyTorch 2.13. */
const PLATEAUS: [ours: number, pytorch: number, expected: number[]][] = [
  [2, 1, [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.02, 0.02, 0.02, 0.02]],
  [3, 2, [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.025, 0.025]],
];

for (const [plateauPatience, patience, expected] of PLATEAUS) {
  test(`plateauPatience ${plateauPatience} as PyTorch's ReduceLROnPlateau with patience ${patience}`, () => {
    const settings = scheduleSettings({ ...RUN, schedule: 'plateau', plateauPatience, minLearningRate: 0.02 });
    const plateau = new Plateau(settings);
    close(
      SCORES.map((score) => learningRateAt(3, 2, settings, plateau.observe(score))),
      expected,
    );
  });
}

test('a plateau goes on from its state, which JSON carries', () => {
  const settings = scheduleSettings({ ...RUN, plateauPatience: 2, plateauFactor: 0.3 });
  const whole = new Plateau(settings);
  const expected = SCORES.map((score) => whole.observe(score));
  for (let cut = 0; cut <= SCORES.length; cut++) {
    const before = new Plateau(settings);
    const factors = SCORES.slice(0, cut).map((score) => before.observe(score));
    const after = new Plateau(settings);
    after.restoreState(JSON.parse(JSON.stringify(before.saveState())));
    assert.is(after.factor, before.factor);
    assert.equal([...factors, ...SCORES.slice(cut).map((score) => after.observe(score))], expected, `cut at ${cut}`);
  }
});

test('scores that never rise: the first is the best', () => {
  const plateau = new Plateau({ plateauPatience: 1, plateauFactor: 0.5 });
  assert.equal([plateau.observe(0), plateau.observe(0), plateau.observe(-1)], [1, 0.5, 0.25]);
});

const REFUSED: [ScheduleOptions, string][] = [
  [{ schedule: 'step' as 'cosine' }, 'schedule is step, expected one of constant, cosine, polynomial, plateau'],
  [{ warmup: -1 }, 'warmup is -1, expected at least 0 and fewer than the 3 epochs'],
  [{ warmup: 3 }, 'warmup is 3, expected at least 0 and fewer than the 3 epochs'],
  [{ warmup: Number.NaN }, 'warmup is NaN, expected at least 0 and fewer than the 3 epochs'],
  [{ minLearningRate: -1e-9 }, 'minLearningRate is -1e-9, expected at least 0 and at most the learning rate (0.1)'],
  [{ minLearningRate: 0.2 }, 'minLearningRate is 0.2, expected at least 0 and at most the learning rate (0.1)'],
  [{ power: 0 }, 'power is 0, expected a number above 0, at most 10'],
  [{ power: 11 }, 'power is 11, expected a number above 0, at most 10'],
  [{ plateauPatience: 0 }, 'plateauPatience is 0, expected a whole number of at least 1'],
  [{ plateauPatience: 1.5 }, 'plateauPatience is 1.5, expected a whole number of at least 1'],
  [{ plateauFactor: 0 }, 'plateauFactor is 0, expected a number between 0 and 1'],
  [{ plateauFactor: 1 }, 'plateauFactor is 1, expected a number between 0 and 1'],
];

for (const [options, message] of REFUSED) {
  test(`refused: ${message}`, () => {
    throwsInput(() => scheduleSettings({ ...RUN, ...options }), `training: ${message}`);
  });
}

test.run();
