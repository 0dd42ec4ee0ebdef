/** Where the options of a training come from: given, planned, from a file; and how they follow from the time. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Remark } from '../../src/app/observer.js';
import { draftWithin, type Given } from '../../src/app/planning/draft.js';
import { makePlan } from '../../src/app/planning/make-plan.js';
import { readPlan } from '../../src/app/planning/plan-file.js';
import { resolveOptions, type Timing } from '../../src/app/planning/resolve-options.js';
import type { PlannedTraining } from '../../src/app/training/job.js';
import { createModel, encodePng } from '../../src/index.js';
import type { Speed } from '../../src/plan/time.js';
import { disc, put, putPairs, suiteInFolder } from '../support/cli/cli.js';
import { messageOf } from '../support/faults.js';
import { factsOf } from '../support/plan/facts.js';

const test = suiteInFolder('planning');
const forever = new AbortController().signal;

/** A machine on which the seconds of a training are what `speedOf` says, and on which no time passes. */
function timingOf(speedOf: (planned: PlannedTraining) => Speed): Timing & { readonly measured: (readonly number[])[] } {
  const measured: (readonly number[])[] = [];
  return {
    measured,
    now: () => 0,
    measure: async (planned) => {
      measured.push(planned.config.filters);
      return speedOf(planned);
    },
  };
}

const unmeasured = timingOf(() => {
  throw new Error('measured');
});
const every = (training: number) => timingOf(() => ({ once: 0, training, validation: 0 }));

/** The options that are resolved, and the remarks. */
async function resolved(given: Given, timing = unmeasured) {
  const remarks: Remark[] = [];
  const options = await resolveOptions(given, { remark: (remark) => remarks.push(remark) }, forever, timing);
  return { options, remarks };
}

test('planned by default, around what is given; no option of the network, no recipe, no phantom', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const planned = await resolved({ data });
  const { size, fit, filters, norm, epochs, batch, learningRate, schedule, augment } = planned.options;
  assert.equal([size, fit, filters, norm, epochs], [56, 'pad', [16, 32, 64, 128], 'group', 300]);
  assert.equal([batch, learningRate, schedule], [2, 2e-3, 'cosine']);
  assert.equal(augment, 'flip,elastic:0.5,affine,brightness:0.5,contrast:0.5');
  assert.equal(planned.remarks, [{ kind: 'planned', data }]);
  assert.equal((await resolved({ data })).options, planned.options, 'the same again');

  const { options } = await resolved({ data, size: 32, epochs: 3, learningRate: 0.1, skips: undefined });
  assert.equal([options.size, options.epochs, options.learningRate, options.warmup], [32, 3, 0.1, 0]);
  assert.equal([options.norm, options.skips], ['group', 'dense']);

  const off: Given[] = [{ data, norm: 'none' }, { data, deepSupervision: false }, { data, planning: 'off' }, {}];
  for (const given of off) {
    const { options, remarks } = await resolved(given);
    assert.equal([options.schedule, remarks], ['constant', []], JSON.stringify(given));
  }
  const asked = await resolved({ data, planning: 'auto', norm: 'batch', filters: [4, 8, 16] });
  assert.equal([asked.options.norm, asked.options.schedule, asked.options.size], ['batch', 'cosine', 52]);
});

test('a model that is begun from brings its network, and is planned around where that is asked for', async ({
  dir,
}) => {
  putPairs(dir, 10);
  const [data, initFrom] = [join(dir, 'data'), join(dir, 'model.safetensors')];
  await createModel({ filters: [2, 4, 6], norm: 'batch' }).save(initFrom);
  const alone = await resolved({ data, initFrom });
  assert.equal([alone.options.filters, alone.options.schedule, alone.remarks], [[2, 4, 6], 'constant', []]);
  const { options } = await resolved({ data, initFrom, planning: 'auto' });
  assert.equal([options.filters, options.norm, options.schedule], [[2, 4, 6], 'batch', 'cosine']);
  const { plan } = await makePlan({ data, initFrom }, {}, forever, every(1));
  assert.equal([plan.options.filters, plan.reasons.filters, plan.options.size], [[2, 4, 6], 'Given.', 52]);
});

test('what excludes each other', async ({ dir }) => {
  putPairs(dir);
  const data = join(dir, 'data');
  const wrong = (given: Given) => messageOf(resolved(given));
  assert.is(
    await wrong({ data, minutes: 5, epochs: 3 }),
    '--minutes 5 and --epochs 3 exclude each other: the epochs follow from the time; leave one of them out',
  );
  assert.is(
    await wrong({ planning: 'auto' }),
    '--plan auto: the phantom has options of its own; give --data, or leave --plan out',
  );
  assert.is(
    await wrong({ data, planning: 'plan.json', recipe: 'brain-tumour' }),
    '--plan plan.json and --recipe brain-tumour exclude each other; leave one of them out',
  );
  const none = join(dir, 'none');
  assert.is(await wrong({ data: none }), `${none}: no such folder`);
});

test('a folder with nothing to train on', async ({ dir }) => {
  putPairs(dir, 2);
  put(dir, 'data/split.json', '{"train": [], "validation": ["n0"]}');
  const data = join(dir, 'data');
  assert.match(await messageOf(resolved({ data })), /split\.json: .*train/);
});

test('with minutes so many epochs as fit, each with its validation', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const timing = timingOf(() => ({ once: 20, training: 0.8, validation: 0.2 }));
  const { options, remarks } = await resolved({ data, minutes: 5 }, timing);
  assert.equal([options.epochs, options.filters], [250, [16, 32, 64, 128]]);
  assert.equal(remarks, [{ kind: 'planned', data, time: { minutes: 5, epochs: 250, seconds: 270 } }]);
  assert.equal(timing.measured, [[16, 32, 64, 128]]);
});

test('with too few steps, the network becomes smaller, then the images', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  // Eight images make four steps of an epoch.
  const chosen = async (seconds: (planned: PlannedTraining) => number, given: Given = {}) => {
    const timing = timingOf((planned) => ({ once: 0, training: seconds(planned), validation: 0 }));
    const { options } = await resolved({ data, minutes: 1, ...given }, timing);
    return [options.filters[0], options.size, options.epochs, timing.measured.length];
  };
  assert.equal(await chosen(() => 54 / 200), [16, 56, 200, 1]);
  assert.equal(await chosen(() => 54 / 199.5), [8, 56, 199, 2], 'fewer than 800 steps');
  assert.equal(await chosen(() => 54 / 75), [8, 56, 75, 2]);
  assert.equal(await chosen(() => 54 / 74.5), [8, 28, 74, 3], 'fewer than 300');
  assert.equal(await chosen(() => 54 / 18.5), [8, 28, 18, 2], 'too few for the narrow network to be tried');
  assert.equal(await chosen(() => 27, { filters: [4, 8], planning: 'auto' }), [4, 26, 2, 2], 'the side alone');
  const wide = { filters: [4, 8], planning: 'auto', size: 32 };
  assert.equal(await chosen(() => 27, wide), [4, 32, 2, 1], 'nothing is left to become smaller');
});

test('with many images and much time a wide network, where it has steps enough', async ({ dir }) => {
  putPairs(dir, 10);
  const given = { data: join(dir, 'data') };
  const facts = factsOf({ channels: 1, images: { train: 1000, validation: 10, test: 0 } });
  // 125 steps an epoch.
  const chosen = async (minutes: number, seconds: number) => {
    const { measure } = every(seconds);
    const limit = { minutes, secondsLeft: () => 60 * minutes, measure, signal: forever };
    const { planned, limits } = await draftWithin(facts, given, limit);
    planned.backend.close();
    return [planned.config.filters[0], limits.because];
  };
  assert.equal(await chosen(120, 270), [32, undefined]);
  assert.equal(await chosen(120, 271), [16, undefined]);
  assert.equal(await chosen(119, 1), [16, undefined]);
  assert.equal(await chosen(120, 1500), [8, 'with more, only 500 steps would fit into 120 minutes']);
});

test('too little time for a single epoch', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const message =
    '--minutes 0.5: an epoch takes 0:50 on this machine, and 0:00 are needed beside it; give at least 1 minutes, or a smaller network';
  assert.is(await messageOf(resolved({ data, minutes: 0.5 }, every(50))), message);
  assert.is(await messageOf(resolved({ data, minutes: 0.5, planning: 'off' }, every(50))), message);
});

test('the time that planning takes is part of the minutes', async ({ dir }) => {
  putPairs(dir, 10);
  let clock = 0;
  const timing = { ...every(1), now: () => (clock += 10_000) };
  // Ten seconds have passed when the epochs are counted.
  const { options } = await resolved({ data: join(dir, 'data'), minutes: 1, planning: 'off' }, timing);
  assert.is(options.epochs, 45);
  const planned = await resolved(
    { data: join(dir, 'data'), minutes: 20 },
    { ...timing, now: () => (clock += 600_000) },
  );
  assert.is(planned.options.epochs, 540);
});

test('without a plan the time decides on the epochs alone, on the phantom, too', async ({ dir }) => {
  const phantom = await resolved({ minutes: 2 }, every(10));
  assert.equal([phantom.options.epochs, phantom.options.filters], [10, [8, 16, 32, 64, 128]]);
  assert.equal(phantom.remarks, [{ kind: 'planned', time: { minutes: 2, epochs: 10, seconds: 100 } }]);
  putPairs(dir);
  const { options } = await resolved({ data: join(dir, 'data'), minutes: 2, filters: [2, 4], size: 16 }, every(10));
  assert.equal([options.epochs, options.learningRate], [10, 3e-4]);
});

/** Makes a plan of `data` in `dir`, and changes it. */
async function planIn(dir: string, change: (plan: { [name: string]: Record<string, unknown> }) => void = () => {}) {
  const out = join(dir, 'plan.json');
  await makePlan({ data: join(dir, 'data'), out, force: true }, {}, forever, every(1));
  const plan = JSON.parse(readFileSync(out, 'utf8'));
  change(plan);
  put(dir, 'plan.json', JSON.stringify(plan));
  return out;
}

test('a plan is written and read as it is, and changed by hand', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const file = await planIn(dir);
  const auto = await resolved({ data });
  const read = await resolved({ data, planning: file });
  assert.equal({ ...read.options, planning: undefined }, { ...auto.options, planning: undefined });
  assert.equal(read.remarks, [{ kind: 'planned', data, file }]);
  assert.equal((await readPlan(file)).data, { ...(await readPlan(file)).data, channels: 1, classes: 1 });

  const changed = await planIn(dir, ({ options }) => Object.assign(options!, { epochs: 7, emaDecay: 0.9 }));
  const { options } = await resolved({ data, planning: changed, batch: 3 });
  assert.equal([options.epochs, options.emaDecay, options.batch, options.norm], [7, 0.9, 3, 'group']);
});

test('options that are given replace those of the file, with what belongs to them', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const whole = await planIn(dir);
  const cut = (await resolved({ data, planning: whole, patch: 16 })).options;
  assert.equal([cut.patch, cut.size, cut.fit], [16, undefined, undefined]);
  const patches = await planIn(dir, (plan) => {
    plan.options = { patch: 32, patches: 2, foreground: 0.5, filters: [2, 4] };
  });
  const { options } = await resolved({ data, planning: patches, size: 24 });
  assert.equal(
    [options.patch, options.patches, options.foreground, options.size],
    [undefined, undefined, undefined, 24],
  );
  assert.is((await resolved({ data, planning: patches })).options.patch, 32);
});

test('time goes before the epochs of the file, and a warm-up as long as the training is left out', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const file = await planIn(dir);
  const { options } = await resolved({ data, planning: file, minutes: 1 }, every(50));
  assert.equal([options.epochs, options.warmup], [1, 0]);
  assert.is((await resolved({ data, planning: file, minutes: 2 }, every(50))).options.warmup, 1);
});

test('a plan that is damaged or wrongly changed', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const wrong = async (change: Parameters<typeof planIn>[1]) => {
    const file = await planIn(dir, change);
    return (await messageOf(resolved({ data, planning: file }))).replaceAll(`${dir}/`, '');
  };
  const advice = 'correct the file, or write a new one with unetpp plan';
  const set = (values: object) => (plan: { [name: string]: Record<string, unknown> }) => {
    Object.assign(plan.options!, values);
  };
  assert.is(
    await wrong(set({ epochs: 'many' })),
    `plan.json: options.epochs is "many", expected a whole number from 1 to 1000000000; ${advice}`,
  );
  assert.is(
    await wrong(set({ norm: 'layer' })),
    `plan.json: options.norm is "layer", expected one of none, batch, instance, group; ${advice}`,
  );
  assert.is(
    await wrong(set({ filters: '16,32' })),
    `plan.json: options.filters is "16,32", expected [16,32]; ${advice}`,
  );
  assert.match(
    await wrong(set({ lr: 1 })),
    /^plan\.json: options\.lr is not known, expected one of splitSizes, splitBy, plane, .*emaDecay; correct the file/,
  );
  assert.is(
    await wrong((plan) => Object.assign(plan, { version: 2 })),
    `plan.json: version is 2, expected 1; ${advice}`,
  );
  assert.is(
    await wrong((plan) => Object.assign(plan, { kind: 'x' })),
    `plan.json: kind is "x", expected "unetpp plan"; ${advice}`,
  );
  assert.is(
    await wrong((plan) => Object.assign(plan.data!, { channels: 3 })),
    'plan.json: made for images of 3 channels and 1 class, and data has 1 channel and 1 class; write a new one with unetpp plan --data data',
  );
  assert.match(
    await wrong((plan) => Object.assign(plan.data!, { classes: 2 })),
    'made for images of 1 channel and 2 classes, and data',
  );
  put(dir, 'plan.json', '{\n  "kind": ');
  const file = join(dir, 'plan.json');
  assert.is(await messageOf(resolved({ data, planning: file })), `${file}: not valid JSON at line 2, column 11`);
  assert.match(await messageOf(resolved({ data, planning: join(dir, 'no.json') })), 'no.json: cannot be read: ');
});

test('a plan of RGB images is none for grey ones, whoever gives it', async ({ dir }) => {
  const rgb = { width: 24, height: 24, channels: 3, data: Uint8Array.from({ length: 1728 }, (_, i) => i % 251) };
  for (const name of ['a', 'b', 'c']) {
    rgb.data[0] = name.charCodeAt(0);
    put(dir, `data/images/${name}.png`, encodePng(rgb));
    put(dir, `data/masks/${name}.png`, disc(24, 24, true));
  }
  const file = await planIn(dir);
  putPairs(join(dir, 'grey'), 6);
  const data = join(dir, 'grey/data');
  assert.is(
    await messageOf(resolved({ data, planning: file })),
    `${file}: made for images of 3 channels and 1 class, and ${data} has 1 channel and 1 class; write a new one with unetpp plan --data ${data}`,
  );
});

test('what a plan forecasts, and that a rate cannot be given and measured', async ({ dir }) => {
  putPairs(dir, 10);
  const data = join(dir, 'data');
  const timing = timingOf(() => ({ once: 12, training: 0.3333, validation: 0.1 }));
  const { plan, files } = await makePlan({ data }, {}, forever, timing);
  const { memoryBytes, ...times } = plan.forecast;
  assert.ok(memoryBytes > 1e6);
  assert.equal(times, { secondsPerEpoch: 0.433, minutes: 2.37 });
  assert.equal(files, []);
  assert.equal(Object.keys(plan), ['kind', 'version', 'data', 'options', 'reasons', 'forecast']);
  assert.equal(Object.keys(plan.reasons), Object.keys(plan.options));
  assert.is(
    await messageOf(makePlan({ data, findLr: true, learningRate: 0.1 }, {}, forever, timing)),
    '--find-lr measures the learning rate, and --lr 0.1 gives it; leave one of them out',
  );
});

test.run();
