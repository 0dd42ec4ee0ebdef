/** The rows of a study's tables, from results whose answers are worked out by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkCost } from '../../src/model/summary.js';
import { defaultConfig } from '../../src/network/config.js';
import { embeddedArms, familyArm, familyNames } from '../../src/study/arms.js';
import { comparePaired } from '../../src/study/compare.js';
import { embeddedRows } from '../../src/study/embedded.js';
import { familyRows } from '../../src/study/family.js';
import { planRuns, type RunResult, runName } from '../../src/study/runs.js';

type Dices = Readonly<Record<string, number>>;

/** The images of a fold, of the patients in `PATIENTS`. */
const PATIENTS: Readonly<Record<string, string>> = { a1: 'a', a2: 'a', b1: 'b', c1: 'c' };

function scored(dices: Dices, patients = false) {
  const images = Object.entries(dices).map(([image, dice]) => {
    return { image, ...(patients && { patient: PATIENTS[image]! }), dice, iou: dice / 2 };
  });
  const dice = images.reduce((sum, image) => sum + image.dice, 0) / images.length;
  return { dice, iou: dice / 2, images };
}

function result(arm: string, fold: number, seed: number, outputs: Readonly<Record<string, Dices>>): RunResult {
  const scores = Object.entries(outputs).map(([output, dices], k) => {
    return { output, parameters: 100 * (k + 1), macs: 1000 * (k + 1), ...scored(dices) };
  });
  const rest = { config: defaultConfig, epochs: 3, bestEpoch: 2, weightsSha256: '' };
  return { arm, fold, seed, ...rest, seconds: 10 * fold, outputs: scores };
}

test('a row an arm: mean and spread over runs, the difference over images', () => {
  const results = [
    result('unet', 1, 1, { L1: { x: 0.5, y: 0.7 } }),
    result('unet', 2, 1, { L1: { z: 0.8 } }),
    result('unetpp-ds', 1, 1, { L1: { x: 0, y: 0 }, accurate: { x: 0.75, y: 0.8 } }),
    result('unetpp-ds', 2, 1, { L1: { z: 0 }, accurate: { z: 0.8125 } }),
    result('unet-plus', 1, 1, { L1: { x: 0.5, y: 0.7 } }),
  ];
  const arms = ['unet', 'unet-plus', 'unetpp', 'unetpp-ds'].map(familyArm);
  const [unet, plus, nested, ...none] = familyRows(arms, results);
  assert.equal(none, [], 'an arm without a run has no row');
  assert.equal([unet!.runs, unet!.dice, unet!.iou, unet!.seconds], [2, 0.7, 0.35, 15]);
  assert.ok(Math.abs(unet!.diceDeviation! - Math.SQRT2 / 10) < 1e-12);
  assert.equal([unet!.difference, unet!.p, unet!.pHolm, unet!.units], [null, null, null, null]);
  // On the runs that both have: the fold that is missing is left out of U-Net, too.
  assert.equal([plus!.difference, plus!.p, plus!.pHolm, plus!.units, plus!.diceDeviation], [0, 1, 1, 2, null]);
  assert.equal([nested!.network, nested!.parameters, nested!.macs], ['UNet++ with DS', 200, 2000], 'of the mean');
  assert.ok(Math.abs(nested!.difference! - (0.25 + 0.1 + 0.0125) / 3) < 1e-12);
  // Three differences of one sign: 2 of 8 ways; two tests.
  assert.equal([nested!.p, nested!.pHolm, nested!.units], [0.25, 0.5, 3]);
});

test('seeds are averaged by image, images by patient', () => {
  const run = (seed: number, dices: Dices, patients: boolean) => {
    return { fold: 1, seed, output: 'L1', parameters: 1, macs: 1, ...scored(dices, patients) };
  };
  const first = [run(1, { a1: 0.5, a2: 0.75, b1: 0.5 }, true), run(2, { a1: 1, a2: 0.75, b1: 0.75 }, true)];
  const second = [run(1, { a1: 0, a2: 0, b1: 0 }, true), run(2, { a1: 0, a2: 0, b1: 0 }, true)];
  assert.equal(comparePaired(first, second), { units: 2, difference: (0.75 + 0.625) / 2, p: 0.5 });
  const images = [run(1, { a1: 0.5, a2: 0.75, b1: 1 }, false)];
  assert.equal(comparePaired(images, [run(1, { a1: 0, a2: 0, b1: 0 }, false)]), {
    units: 3,
    difference: 0.75,
    p: 0.25,
  });
  assert.is(comparePaired(images, [run(2, { a1: 0 }, false)]), undefined, 'no run in common');
});

test('embedded against isolated: a row a level, the deepest alone', () => {
  const results = [
    result('unetpp-ds', 1, 1, { L1: { x: 0.5 }, L2: { x: 0.75 }, L3: { x: 0.875 }, accurate: { x: 1 } }),
    result('isolated-l1', 1, 1, { L1: { x: 0.25 } }),
    result('unetpp-ds', 2, 1, { L1: { y: 0.5 }, L2: { y: 0.5 }, L3: { y: 0.5 }, accurate: { y: 1 } }),
    result('isolated-l2', 2, 1, { L1: { y: 0 }, L2: { y: 0.75 }, accurate: { y: 0 } }),
  ];
  const rows = embeddedRows(results);
  const shown = rows.map((row) => [row.level, row.parameters, row.embeddedDice, row.isolatedDice, row.difference]);
  assert.equal(shown, [
    ['L1', 100, 0.5, 0.25, 0.25],
    ['L2', 200, 0.625, 0.75, -0.25],
    ['L3', 300, 0.6875, null, null],
  ]);
  const times = rows.map((row) => [row.embeddedRuns, row.isolatedRuns, row.embeddedSeconds, row.isolatedSeconds]);
  assert.equal(times, [
    [2, 1, 15, 10],
    [2, 1, 15, 20],
    [2, 0, 15, null],
  ]);
  assert.equal(embeddedRows(results.slice(1, 2)), [], 'nothing before a whole network is done');
});

test('the arms are the networks of the paper, with its numbers of parameters', () => {
  const parameters = (arm: ReturnType<typeof familyArm>) => {
    const config = { ...defaultConfig, ...arm.build(defaultConfig.filters) };
    return networkCost(config, 'accurate', { width: 96, height: 96 }).parameters;
  };
  const family = Object.fromEntries(familyNames.map((name) => [name, parameters(familyArm(name))]));
  assert.equal(family, {
    unet: 7_759_521,
    'wide-unet': 9_282_246,
    'unet-e': 8_728_356,
    'unet-plus': 8_728_257,
    'unet-plus-ds': 8_728_356,
    unetpp: 9_041_601,
    'unetpp-ds': 9_041_700,
  });
  const levels = embeddedArms(defaultConfig.filters).map((arm) => arm.build(defaultConfig.filters).filters.length - 1);
  assert.equal(levels, [4, 1, 2, 3]);
});

test('runs: every arm on a fold before the next fold, every fold before the next seed', () => {
  const names = planRuns([familyArm('unet'), familyArm('unetpp')], 2, [1, 7]).map(runName);
  assert.equal(names.slice(0, 5), [
    'unet-fold1-seed1',
    'unetpp-fold1-seed1',
    'unet-fold2-seed1',
    'unetpp-fold2-seed1',
    'unet-fold1-seed7',
  ]);
  assert.is(new Set(names).size, 8);
});

test.run();
