/** The builder: parameter counts of the papers' networks, and every variant against the network written out in reference/. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { network as writtenOut } from '../../reference/network.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { fold, Random, seedKey } from '../../src/base/random.js';
import { pruneConfig } from '../../src/model/prune.js';
import { summarize } from '../../src/model/summary.js';
import { defaultConfig, type ModelConfig, parseConfig, skipPatterns, upsamplings } from '../../src/network/config.js';
import { initialise } from '../../src/network/initialisation.js';
import { recordNetwork, recordSquare } from '../../src/network/network.js';
import { countParameters, isTrainable, listParameters, ParameterStore } from '../../src/network/parameters.js';
import { relativeError } from '../../src/selftest/compare.js';
import { throwsInput } from '../support/throws.js';

const config = (fields: Partial<ModelConfig> = {}): ModelConfig => parseConfig(fields, 'test');
const count = (fields: Partial<ModelConfig>): number => countParameters(listParameters(config(fields)));

test('parameter counts: UNet++ with one head and with four', () => {
  assert.is(count({ deepSupervision: false }), 9_041_601);
  assert.is(count({}), 9_041_700);
});

test('parameter counts: UNet++ pruned to each head', () => {
  const counts = [1, 2, 3, 4].map((level) => countParameters(listParameters(pruneConfig(defaultConfig, level))));
  assert.equal(counts, [100_961, 511_105, 2_204_961, 9_041_601]);
});

test('parameter counts: UNet+ and UNet^e with four heads, U-Net with one', () => {
  assert.is(count({ skips: 'adjacent' }), 8_728_356);
  assert.is(count({ skips: 'original' }), 8_728_356);
  assert.is(count({ skips: 'original', deepSupervision: false }), 7_759_521);
});

test('the U-Net inside UNet^e has no node beside its own diagonal', () => {
  const names = listParameters(config({ skips: 'original', deepSupervision: false })).map(({ name }) => name);
  const nodes = new Set(names.filter((name) => name.startsWith('conv')).map((name) => name.split('.')[0]));
  const expected = ['0_0', '1_0', '2_0', '3_0', '4_0', '3_1', '2_2', '1_3', '0_4'].map((node) => `conv${node}`);
  assert.equal([...nodes].sort(), expected.sort());
});

test('names are those of PyTorch modules', () => {
  const names = listParameters(config({ filters: [2, 3], norm: 'batch' })).map(({ name }) => name);
  const units = (node: string) =>
    [1, 2].flatMap((k) => [
      ...['weight', 'bias'].map((part) => `${node}.conv${k}.${part}`),
      ...['weight', 'bias', 'running_mean', 'running_var'].map((part) => `${node}.bn${k}.${part}`),
    ]);
  const expected = [...units('conv0_0'), ...units('conv1_0'), 'up0_1.weight', 'up0_1.bias', ...units('conv0_1')];
  assert.equal([...names].sort(), [...expected, 'final1.weight', 'final1.bias'].sort());
  assert.ok(
    listParameters(config({ filters: [2, 3], deepSupervision: false })).some(({ name }) => name === 'final.bias'),
  );
});

for (const skips of skipPatterns) {
  for (const upsample of upsamplings) {
    for (const norm of ['none', 'batch'] as const) {
      test(`${skips} skips, ${upsample}, norm ${norm}: equal to the network written out from the formula`, async () => {
        await compareWithWrittenOut(
          config({ filters: [2, 3, 4, 3], inChannels: 2, classes: 2, skips, upsample, norm }),
        );
      });
    }
  }
}

async function compareWithWrittenOut(variant: ModelConfig): Promise<void> {
  const backend = new ReferenceBackend('float64');
  const parameters = new ParameterStore(recordSquare(variant), backend);
  initialise(parameters, 'he-normal', 3);
  const random = new Random(fold(seedKey(4), 'statistics'));
  // Away from their initial values, which would hide a mistake.
  for (const { name, kind } of parameters.list) {
    if (kind === 'conv2d' || kind === 'convTranspose2d') continue;
    const storage = parameters.get(name);
    storage.write((await storage.read()).map((value) => value + random.uniform(0, 0.5)));
  }
  const size = { batch: 2, height: 16, width: 8 };
  const data = Float64Array.from({ length: 2 * 16 * 8 * 2 }, () => random.normal());
  const input = { ...size, channels: 2, data };
  const described = { ...variant, batchNorm: variant.norm === 'batch' };
  const read = await parameters.read();
  const values = (name: string) => read.get(name)!;
  for (const mode of ['train', 'eval'] as const) {
    const network = recordNetwork(variant, { ...size, training: mode === 'train' });
    const program = backend.compile(
      network.heads.map((head) => head.logits),
      parameters.bind(network),
    );
    program.write(network.input, data);
    program.run();
    for (const [k, head] of writtenOut(described, values, input, mode).entries()) {
      assert.ok(
        relativeError(await program.read(network.heads[k]!.logits), head.data) < 1e-12,
        `${mode}, head ${k + 1}`,
      );
    }
  }
}

test('running statistics move a tenth of the way, to the unbiased variance', async () => {
  const backend = new ReferenceBackend('float64');
  const variant = config({ filters: [1, 1], norm: 'batch' });
  const parameters = new ParameterStore(recordSquare(variant), backend);
  initialise(parameters, 'he-normal', 1);
  parameters.get('conv0_0.conv1.weight').write([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  const network = recordNetwork(variant, { batch: 2, height: 2, width: 2, training: true });
  const bound = parameters.bind(network);
  for (const { statistic, value } of network.updates) bound.set(value, bound.get(statistic)!);
  const program = backend.compile(
    network.updates.map(({ value }) => value),
    bound,
  );
  program.write(network.input, [1, 2, 3, 6, 6, 3, 2, 1]);
  program.run();
  // Mean 3, sum of squares 28, over 8 - 1.
  const [mean] = await parameters.get('conv0_0.bn1.running_mean').read();
  assert.ok(Math.abs(mean! - 0.1 * 3) < 1e-12);
  const [variance] = await parameters.get('conv0_0.bn1.running_var').read();
  assert.ok(Math.abs(variance! - (0.9 + 0.1 * 4)) < 1e-12);
});

test('group norm takes the largest divisor of the width up to 8, instance norm every channel', () => {
  const groupsOf = (norm: 'group' | 'instance') =>
    recordNetwork(config({ filters: [12, 32], norm }), { batch: 1, height: 8, width: 8 })
      .graph.nodes.filter(({ op }) => op.name === 'moments')
      .map(({ geometry }) => (geometry as { groups: number }).groups);
  assert.equal(new Set(groupsOf('group')), new Set([6, 8]));
  assert.equal(new Set(groupsOf('instance')), new Set([12, 32]));
});

test('dropout is recorded for training alone, each with a salt of its own', () => {
  const salts = (training: boolean) =>
    recordNetwork(config({ filters: [2, 3, 4], dropout: 0.5 }), { batch: 1, height: 8, width: 8, training })
      .graph.nodes.filter(({ op }) => op.name === 'dropout')
      .map(({ geometry }) => (geometry as { salt: number }).salt);
  assert.equal(salts(false), []);
  assert.equal(
    salts(true),
    Array.from({ length: 12 }, (_, k) => k),
  );
});

test('ReLU is fused where no norm stands between', () => {
  const ops = (norm: 'none' | 'instance') =>
    recordNetwork(config({ filters: [2, 3], norm }), { batch: 1, height: 4, width: 4 }).graph.nodes.map(
      ({ op }) => op.name,
    );
  assert.not.ok(ops('none').includes('relu'));
  assert.not.ok(ops('none').includes('concat'));
  assert.ok(ops('instance').includes('relu'));
});

test('cost: multiply-adds counted by hand', () => {
  const summary = summarize(
    config({ filters: [2, 3], deepSupervision: false }),
    { width: 4, height: 4 },
    new ReferenceBackend(),
  );
  const macs = [16 * 9 * (1 * 2 + 2 * 2), 4 * 9 * (2 * 3 + 3 * 3), 4 * 4 * 3 * 2, 16 * 9 * (4 * 2 + 2 * 2), 16 * 2];
  assert.is(
    summary.macs,
    macs.reduce((a, b) => a + b),
  );
  assert.equal(
    summary.levels.map(({ head }) => head),
    ['L1'],
  );
});

test('cost: each level by itself, and all heads', () => {
  const { parameters, levels } = summarize(defaultConfig, { width: 128, height: 128 }, new ReferenceBackend());
  assert.is(parameters, 9_041_700);
  assert.equal(
    levels.map((level) => [level.head, level.parameters]),
    [
      ['L1', 100_961],
      ['L2', 511_105],
      ['L3', 2_204_961],
      ['L4', 9_041_601],
    ],
  );
  assert.ok(levels.every((level, k) => k === 0 || level.macs > levels[k - 1]!.macs));
});

test('a size that cannot be halved often enough is refused with the nearest that can', () => {
  throwsInput(
    () => recordNetwork(defaultConfig, { batch: 1, height: 128, width: 100 }),
    'size 100x128: a network of depth 4 needs a multiple of 16; use 96 or 112',
  );
  throwsInput(
    () => recordNetwork(defaultConfig, { batch: 1, height: 8, width: 16 }),
    'size 16x8: a network of depth 4 needs a multiple of 16; use 16 or more',
  );
});

test('batch norm in training refuses a single value per channel', () => {
  throwsInput(
    () => recordNetwork(config({ filters: [2, 3], norm: 'batch' }), { batch: 1, height: 2, width: 2, training: true }),
    'conv1_0.bn1: batch norm has one value per channel to take statistics of (one image, 1x1 pixels at this level); take larger images or batches',
  );
});

test('configurations that are not allowed are refused by field', () => {
  const refused = (fields: unknown, message: string) => throwsInput(() => parseConfig(fields, 'net.json'), message);
  const filters = 'expected a list of 2 to 7 whole numbers from 1 to 4096, the channels of each level';
  refused({ filters: [32] }, `net.json: filters is [32], ${filters}`);
  refused({ filters: [32, 0] }, `net.json: filters is [32,0], ${filters}`);
  refused({ filters: '32,64' }, `net.json: filters is "32,64", ${filters}`);
  refused({ norm: 'bn' }, 'net.json: norm is "bn", expected one of none, batch, instance, group');
  refused({ skips: 1 }, 'net.json: skips is 1, expected one of dense, adjacent, original');
  refused({ classes: 0 }, 'net.json: classes is 0, expected a whole number from 1 to 256');
  refused({ dropout: 1 }, 'net.json: dropout is 1, expected a number of at least 0 and below 1');
  refused({ deepSupervision: 'yes' }, 'net.json: deepSupervision is "yes", expected one of true, false');
  const known = 'filters, inChannels, classes, skips, deepSupervision, norm, upsample, dropout';
  refused({ filter: [1, 2] }, `net.json: unknown field "filter"; known are ${known}`);
  refused([1], `net.json: expected an object with ${known}, found [1]`);
});

test('trainable parameters exclude running statistics', () => {
  const list = listParameters(config({ filters: [2, 3], norm: 'batch' }));
  assert.is(list.filter((parameter) => !isTrainable(parameter)).length, 12);
});

test.run();
