/** The weights of a model as the initial values of another: what is taken over, converted, and begins anew. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createBackend,
  createModel,
  type Image,
  initialiseFrom,
  type Model,
  type ModelConfig,
  prune,
  syntheticDataset,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { rejection } from '../support/throws.js';

const backend = createBackend();
const FILTERS = [2, 4, 6];

/** A model that shares no initial value with one of another seed. */
function made(config: Partial<ModelConfig> = {}, seed = 1): Model {
  return createModel({ filters: FILTERS, ...config }, { backend, seed, initialisation: 'torch' });
}

/** An image whose channels are all different. */
function scene(channels: number): Image<Float32Array> {
  const [width, height] = [12, 8];
  const data = Float32Array.from({ length: width * height * channels }, (_, i) => ((i * 7919) % 101) / 101);
  return { width, height, channels, data };
}

const modulesOf = (names: readonly string[]) => [...new Set(names.map((name) => name.split('.')[0]!))];
const anewOf = ({ anew }: Awaited<ReturnType<typeof initialiseFrom>>, reason: string) =>
  anew.filter((each) => each.reason === reason).map(({ name }) => name);

async function farthest(a: Model, image: Image, b: Model, other = image): Promise<number> {
  const [p, q] = [(await a.predict(image)).probs, (await b.predict(other)).probs];
  return Math.max(...p.map((value, i) => Math.abs(value - q[i]!)));
}

test('the same network predicts the same bits, with the running statistics of batch norm', async () => {
  const source = made({ norm: 'batch' });
  const dataset = syntheticDataset({ seed: 1, size: 32, train: 4, validation: 1 });
  for await (const _ of trainModel(source, dataset, { epochs: 1, batch: 4, microBatch: 4 }));
  const model = made({ norm: 'batch' }, 2);
  const before = await weightsSha256(model);
  const { taken, adapted, anew } = await initialiseFrom(model, source);
  assert.equal([taken, adapted, anew], [source.parameters.list.map(({ name }) => name), [], []]);
  assert.ok(taken.includes('conv0_2.bn2.running_var'));
  assert.is(await weightsSha256(model), await weightsSha256(source));
  assert.is.not(before, await weightsSha256(source));
  assert.is(model.card.training, undefined);
  model.adopt({ ...model.card, preprocessing: source.card.preprocessing });
  assert.equal(await model.predict(scene(1)), await source.predict(scene(1)));
});

test('a model that has predicted before predicts with the weights that it was given', async () => {
  // Wide and large enough for kernels that keep packed filters.
  const [source, model] = [made({ filters: [8, 16] }), made({ filters: [8, 16] }, 2)];
  const image = { width: 64, height: 64, channels: 1, data: new Float32Array(64 * 64).fill(0.5) };
  assert.not.equal(await model.predict(image), await source.predict(image));
  await initialiseFrom(model, source);
  assert.equal(await model.predict(image), await source.predict(image));
});

test('heads of other classes keep their own initial values', async () => {
  const [source, model, own] = [made(), made({ classes: 3 }, 2), made({ classes: 3 }, 2)];
  const done = await initialiseFrom(model, source);
  const heads = ['final1.weight', 'final1.bias', 'final2.weight', 'final2.bias'];
  assert.equal(anewOf(done, 'classes').sort(), [...heads].sort());
  assert.is(done.taken.length + heads.length, model.parameters.list.length);
  const [now, theirs, drawn] = await Promise.all([model, source, own].map(({ parameters }) => parameters.read()));
  for (const name of heads) assert.equal(now!.get(name), drawn!.get(name), name);
  for (const name of done.taken) assert.equal(now!.get(name), theirs!.get(name), name);
});

test('grey from RGB: a grey image has the answer of one with three equal channels', async () => {
  const [source, model] = [made({ inChannels: 3 }), made({}, 2)];
  const { adapted, anew } = await initialiseFrom(model, source);
  assert.equal([adapted, anew], [['conv0_0.conv1.weight'], []]);
  // `source` reads the grey values in all three channels.
  assert.ok((await farthest(model, scene(1), source)) < 1e-6);
});

test('RGB from grey: an RGB image has the answer that the grey model gives to it', async () => {
  const [source, model] = [made(), made({ inChannels: 3 }, 2)];
  const { adapted, anew } = await initialiseFrom(model, source);
  assert.equal([adapted, anew], [['conv0_0.conv1.weight'], []]);
  // `source` reads its luma.
  assert.ok((await farthest(model, scene(3), source)) < 1e-6);
});

test('any other channels begin anew, in the one parameter that reads them', async () => {
  const done = await initialiseFrom(made({ inChannels: 4 }, 2), made());
  assert.equal(done.anew, [{ name: 'conv0_0.conv1.weight', reason: 'channels' }]);
});

test('a pruned model grows: its head goes to its level, and levels that it lacks begin anew', async () => {
  const source = prune(made(), 1);
  const model = made({}, 2);
  const done = await initialiseFrom(model, source);
  assert.equal(modulesOf(anewOf(done, 'missing')), ['conv2_0', 'up1_1', 'conv1_1', 'up0_2', 'conv0_2', 'final2']);
  assert.is(anewOf(done, 'missing').length, done.anew.length);
  assert.equal(await model.predict(scene(1), { mode: 'L1' }), await source.predict(scene(1)));
});

test('a model with fewer levels or heads gives what its levels gave in the larger one', async () => {
  const source = made();
  const shallow = made({ filters: FILTERS.slice(0, 2), deepSupervision: false }, 2);
  assert.equal((await initialiseFrom(shallow, source)).anew, []);
  assert.equal(await shallow.predict(scene(1)), await source.predict(scene(1), { mode: 'L1' }));
  const single = made({ deepSupervision: false }, 2);
  assert.equal((await initialiseFrom(single, source)).anew, []);
  assert.equal(await single.predict(scene(1)), await source.predict(scene(1), { mode: 'fast' }));
  // Both are called `final`, and are heads of different levels.
  const done = await initialiseFrom(made({ deepSupervision: false }, 3), shallow);
  assert.equal(anewOf(done, 'missing').slice(-2), ['final.weight', 'final.bias']);
});

test('networks whose weights are of no use to each other are refused by the field, and nothing is changed', async () => {
  const refused = async (config: Partial<ModelConfig>, what: string) => {
    const model = made(config, 2);
    const before = await weightsSha256(model);
    const message = await rejection(initialiseFrom(model, made()));
    assert.is(message, `initialiseFrom: ${what} in the source; make the model with the same`);
    assert.is(await weightsSha256(model), before);
  };
  await refused({ filters: [2, 5] }, 'filters is [2,5], but [2,4,6]');
  await refused({ filters: [2, 4, 6, 8], norm: 'batch' }, 'norm is "batch", but "none"');
  await refused({ skips: 'adjacent' }, 'skips is "adjacent", but "dense"');
  await refused({ upsample: 'bilinear' }, 'upsample is "bilinear", but "transposed"');
});

test('on images like those of its training, it reaches sooner what a network begun anew reaches later', async () => {
  const losses = async (model: Model, seed: number, epochs: number): Promise<number[]> => {
    const dataset = syntheticDataset({ seed, size: 32, train: 32, validation: 8 });
    const found: number[] = [];
    const options = { epochs, batch: 4, microBatch: 4, learningRate: 5e-3 };
    for await (const { validation } of trainModel(model, dataset, options)) found.push(validation.loss);
    return found;
  };
  const network = { filters: [4, 8, 16], norm: 'group' } as const;
  const source = made(network);
  await losses(source, 1, 8);
  const tuned = made(network, 2);
  await initialiseFrom(tuned, source);
  const [fine, scratch] = [await losses(tuned, 5, 2), await losses(made(network, 2), 5, 2)];
  assert.ok(fine[0]! < scratch[1]!, `${fine} against ${scratch}`);
});

test.run();
