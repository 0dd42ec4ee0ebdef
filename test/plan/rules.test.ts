/** The rules of the plan: which facts give which options, and which reasons with their numbers. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAugmentations } from '../../src/data/augment/augment.js';
import { lossText, parseLoss } from '../../src/loss/loss-text.js';
import type { DataFacts } from '../../src/plan/facts.js';
import { chooseOptions, RULES } from '../../src/plan/plan.js';
import type { Decided, Limits, PlannedOptions } from '../../src/plan/rule.js';
import { between, factsOf, sized } from '../support/plan/facts.js';

const images = (train: number) => ({ images: { train, validation: 10, test: 0 } });

/** Facts that differ from those of 536 RGB images of 96x96 pixels, what is given, and what follows. */
const CASES: readonly [
  name: string,
  facts: Partial<DataFacts>,
  given: Decided,
  expected: { readonly [K in keyof PlannedOptions]?: PlannedOptions[K] | undefined },
][] = [
  ['small squares are seen whole', {}, {}, { size: 96, fit: 'stretch', patch: undefined, patches: undefined }],
  ['a side that cannot be halved is rounded up', sized(90), {}, { size: 96, fit: 'stretch' }],
  ['images that are not square are padded', sized(100, 72), {}, { size: 112, fit: 'pad' }],
  ['the largest that are seen whole', sized(160), {}, { size: 160 }],
  ['one more pixel, and they are cut into patches', sized(161), {}, { size: undefined, fit: undefined, patch: 128 }],
  ['small images of different sizes are cut', between(64, 100, 150), {}, { size: undefined, patch: 64 }],
  ['unless a patch would be larger than most', between(40, 63, 150), {}, { size: 160 }],
  ['sizes that are about the same are none', between(96, 100, 112), {}, { size: 112 }],
  ['larger images have larger patches', sized(256), {}, { patch: 256, patches: 1 }],
  ['so many patches as cover an image', sized(512), {}, { patch: 256, patches: 4 }],
  ['few images have more patches', { ...sized(256), ...images(20) }, {}, { patch: 256, patches: 10 }],
  ['objects of half a patch are cut', { ...sized(512), objectSide: 128 }, {}, { patch: 256 }],
  ['longer ones are seen whole', { ...sized(512, 400), objectSide: 129 }, {}, { size: 256, fit: 'pad' }],
  ['a size that is given', sized(512), { size: 64 }, { size: 64, patch: undefined, foreground: undefined }],
  ['a patch that is given', {}, { patch: 32 }, { size: undefined, patch: 32, foreground: 0.33 }],
  ['a spacing means patches', {}, { spacing: 0.5 }, { size: undefined, patch: 64 }],
  ['a fit means a size', sized(512), { fit: 'stretch' }, { size: 256, fit: 'stretch', patch: undefined }],

  ['foreground that is rare', { ...sized(512), shares: [0.981, 0.019] }, {}, { foreground: 0.5 }],
  ['foreground that is not', { ...sized(512), shares: [0.979, 0.021] }, {}, { foreground: 0.33 }],

  ['four levels where they leave four pixels', sized(64), {}, { filters: [16, 32, 64, 128, 256] }],
  ['three where four would leave less', sized(48), {}, { size: 48, filters: [16, 32, 64, 128] }],
  ['one for the smallest images', sized(8), {}, { size: 8, filters: [16, 32] }],
  ['filters that are given decide what is halved', sized(90), { filters: [4, 8] }, { size: 90, filters: [4, 8] }],
  ['the same network for all', {}, {}, { norm: 'group', upsample: 'transposed', initialisation: 'he-normal' }],

  ['large images, too, as long as they are computed as a whole', sized(1448), {}, { norm: 'group', microBatch: 4 }],
  ['larger ones are tiled', sized(1449, 1448), {}, { norm: 'batch', batch: 8, microBatch: 8 }],
  ['narrow networks have larger wholes', sized(2048), { filters: [8, 16] }, { norm: 'group' }],
  ['images that are brought to a size are never tiled', sized(1449), { size: 256 }, { norm: 'group' }],
  ['a norm that is given', {}, { norm: 'batch' }, { norm: 'batch', microBatch: 8 }],

  ['8-bit colours stay', { contrast: 0.1 }, {}, { normalisation: 'range' }],
  ['grey images of good contrast, too', { channels: 1, contrast: 0.5 }, {}, { normalisation: 'range' }],
  ['others are stretched', { channels: 1, contrast: 0.49 }, {}, { normalisation: 'percentile' }],
  ['as are 16 bits', { bits: 16, contrast: 1 }, {}, { normalisation: 'percentile' }],

  ['colours are turned', {}, {}, { augment: 'flip,turn,brightness:0.5,contrast:0.5,colour:0.5' }],
  ['grey images are not', { channels: 1 }, {}, { augment: 'flip,brightness:0.5,contrast:0.5' }],
  [
    'few are bent',
    { channels: 1, ...images(99) },
    {},
    { augment: 'flip,elastic:0.5,affine,brightness:0.5,contrast:0.5' },
  ],

  ['one class', {}, {}, { loss: '0.5*ce+dice' }],
  ['several', { classes: 3, shares: [0.7, 0.1, 0.1, 0.1] }, {}, { loss: 'ce+dice' }],
  ['batch and micro-batch', {}, {}, { batch: 8, microBatch: 4 }],
  ['few images make small batches', images(31), {}, { batch: 4, microBatch: 4 }],
  ['very few', images(5), {}, { batch: 1, microBatch: 1 }],
  ['a batch that is given', {}, { batch: 2 }, { batch: 2, microBatch: 2 }],
  ['a loss over the batch', {}, { loss: 'dice(batch)' }, { batch: 8, microBatch: 8 }],
  ['Adam and its rate', {}, {}, { optimizer: 'adam', learningRate: 4e-3, schedule: 'cosine' }],
  ['smaller batches have smaller rates', {}, { batch: 2 }, { learningRate: 2e-3 }],
  ['larger ones have none', {}, { batch: 64 }, { learningRate: 4e-3 }],
  ['that of wide networks', {}, { filters: [32, 64] }, { learningRate: 2e-3 }],
  ['that of networks without a norm', {}, { norm: 'none' }, { learningRate: 1e-3 }],
  ['SGD has another', {}, { optimizer: 'sgd' }, { learningRate: 1e-2 }],

  ['67 steps an epoch', {}, {}, { epochs: 45, warmup: 1 }],
  ['no more than 300', images(32), {}, { epochs: 300 }],
  ['no fewer than 20', images(4000), {}, { epochs: 20 }],
  ['patches are steps, too', { ...sized(512), ...images(100) }, {}, { patches: 4, epochs: 60 }],
  ['epochs that are given', {}, { epochs: 9 }, { epochs: 9, warmup: 0 }],
];

for (const [name, different, given, expected] of CASES) {
  test(name, () => {
    const { options } = chooseOptions(factsOf(different), given);
    const names = Object.keys(expected) as (keyof PlannedOptions)[];
    assert.equal(Object.fromEntries(names.map((option) => [option, options[option]])), expected);
  });
}

test('every option has its reason, a sentence; those that are given are called so and keep their place', () => {
  const facts = [factsOf(), factsOf(sized(512)), factsOf({ bits: 16, channels: 1, ...images(3) })];
  for (const each of facts) {
    const given = { batch: 4, spacing: undefined, patience: 5 };
    const { options, reasons } = chooseOptions(each, given);
    assert.equal(Object.keys(reasons), Object.keys(options));
    for (const [name, reason] of Object.entries(reasons)) assert.match(reason, /^[A-Z\d].{5,}\.$|^Given\.$/, name);
    assert.equal([reasons.batch, reasons.patience, options.patience], ['Given.', 'Given.', 5]);
    assert.not.ok('spacing' in options);
    const order = Object.keys(RULES).filter((name) => name in options);
    assert.equal(Object.keys(options), [...order, 'patience']);
  }
});

test('what is chosen can be trained with: sides are multiples, and texts are as they are stored', () => {
  for (let side = 1; side <= 700; side++) {
    const { options } = chooseOptions(factsOf(sized(side)), {});
    const { size, patch, filters, augment, loss } = options;
    assert.is((size ?? patch)! % 2 ** (filters!.length - 1), 0, `${side}`);
    assert.is(lossText(parseLoss(loss!)), loss);
    assert.ok(parseAugmentations(augment!).length > 0);
  }
});

test('where something is short, the network becomes smaller and says why', () => {
  const on = (rung: Limits['rung'], different: Partial<DataFacts> = {}, given: Decided = {}) =>
    chooseOptions(factsOf(different), given, { rung, because: 'time is short' });
  assert.equal(on('wide').options.filters, [32, 64, 128, 256, 512]);
  assert.equal(on('narrow').options, { ...on('usual').options, filters: [8, 16, 32, 64, 128] });
  assert.match(on('narrow').reasons.filters!, /take a 16th of the computation, as time is short\.$/);
  const small = on('small');
  assert.equal([small.options.size, small.options.filters], [48, [8, 16, 32, 64]]);
  assert.match(small.reasons.size!, /half the usual side, as time is short\.$/);
  assert.equal(on('small', sized(512)).options.patch, 128);
  assert.equal(
    on('small', {}, { size: 96, filters: [4, 8] }).options,
    on('usual', {}, { size: 96, filters: [4, 8] }).options,
  );
  const micro = chooseOptions(factsOf(), {}, { rung: 'usual', microBatch: 2 });
  assert.equal([micro.options.microBatch, micro.options.batch], [2, 8]);
  assert.is(micro.reasons.microBatch, 'The memory does not suffice for more at once.');
});

test('the time decides on the epochs, up to four times the usual', () => {
  const within = (epochs: number) =>
    chooseOptions(factsOf(), {}, { rung: 'usual', time: { minutes: 5, secondsPerEpoch: 9.234, epochs } });
  assert.equal([within(29).options.epochs, within(180).options.epochs, within(181).options.epochs], [29, 180, 180]);
  assert.is(within(29).reasons.epochs, 'An epoch takes about 9.2 s on this machine, so 29 fit into 5 minutes.');
  assert.is(
    within(500).reasons.epochs,
    'An epoch takes about 9.2 s on this machine; more than 4 times the usual 45 would hardly help.',
  );
  assert.is(within(9).options.warmup, 0);
});

test('reasons have the numbers of the data', () => {
  const reasonsOf = (different: Partial<DataFacts>) => chooseOptions(factsOf(different), {}).reasons;
  assert.is(
    reasonsOf({ ...sized(512), objectSide: 300.4 }).size,
    'The largest object of an image is 300 pixels long, too long for patches of 256, so whole images are brought to one size.',
  );
  assert.is(
    reasonsOf(between(256, 300, 1388)).patch,
    'The images have 256x256 to 1388x1388 pixels and objects of up to about 16, so patches keep their resolution and still show whole objects.',
  );
  assert.is(
    reasonsOf(sized(90)).size,
    'The images have 90x90 pixels, few enough to be seen whole; rounded up to a multiple of 16, as the network halves it 4 times.',
  );
  assert.is(reasonsOf({}).epochs, '45 epochs of 67 steps are 3,015 steps, about the 3,000 that a training takes.');
  assert.is(
    reasonsOf({ shares: [0.985, 0.015], ...sized(512) }).foreground,
    'Only 1.5% of the pixels are foreground, so half of the patches is drawn around some.',
  );
});

test.run();
