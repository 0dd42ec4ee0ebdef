/** The one way from images to probabilities: heads in one pass or by themselves, and how often a network is recorded. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Graph } from '../../src/graph/graph.js';
import { createBackend, createModel, decodeModel, encodeModel, type Image } from '../../src/index.js';
import { predictionCost } from '../../src/model/summary.js';
import { outputsOf } from '../../src/network/mode.js';
import { squares } from '../support/training/squares.js';

const backend = createBackend();

/** The shapes of the images that networks were recorded for while `work` ran. */
async function recordedBy(work: () => Promise<void>): Promise<string[]> {
  const shapes: string[] = [];
  const { input } = Graph.prototype;
  Graph.prototype.input = function recordingInput(name, shape) {
    if (name === 'image') shapes.push(shape.join('x'));
    return input.call(this, name, shape);
  };
  try {
    await work();
  } finally {
    Graph.prototype.input = input;
  }
  return shapes;
}

const grey = (width: number, height: number): Image => {
  return { width, height, channels: 1, data: new Uint8Array(width * height).fill(90) };
};

test('from the file to the masks, the network is recorded once for each mode and size', async () => {
  const bytes = await encodeModel(createModel({ filters: [2, 3, 4] }, { backend }));
  const recorded = await recordedBy(async () => {
    const model = await decodeModel(bytes, 'm', backend);
    for (const size of [16, 24]) predictionCost(model.record('fast', { batch: 1, height: size, width: size }), backend);
    for (const size of [16, 24, 16]) await model.predict(grey(size, size), { mode: 'fast' });
    // Another name of the same head, and an image that is padded to a size that is known.
    await model.predict(grey(15, 13), { mode: 'L2' });
    await model.predict(grey(16, 16), { mode: 'L1' });
  });
  assert.equal(recorded, ['1x4x4x1', '1x16x16x1', '1x24x24x1', '1x16x16x1'], 'first the list of the parameters');
});

test('where the file says at which size images are seen, the network of its parameters predicts', async () => {
  const sized = createModel({ filters: [2, 3, 4] }, { backend });
  sized.adopt({ ...sized.card, preprocessing: { normalisation: 'range', size: 16 } });
  const bytes = await encodeModel(sized);
  const seen = { batch: 1, height: 16, width: 16 };
  for (const mode of ['accurate', 'fast', 'L1'] as const) {
    const expected = predictionCost(sized.record(mode, seen), backend);
    const [first, deepest] = [
      await sized.predict(grey(9, 9), { mode }),
      await sized.predict(grey(9, 9), { mode: 'L2' }),
    ];
    const recorded = await recordedBy(async () => {
      const model = await decodeModel(bytes, 'm', backend);
      assert.equal(predictionCost(model.record(mode, seen), backend), expected);
      assert.equal(await model.predict(grey(9, 9), { mode }), first);
      assert.equal(await model.predict(grey(9, 9), { mode: 'L2' }), deepest);
    });
    // The outputs of one mode follow it; another mode has a graph of its own.
    assert.equal(recorded, mode === 'fast' ? ['1x16x16x1'] : ['1x16x16x1', '1x16x16x1'], mode);
  }
});

test('a folder of many sizes is looked through and predicted with one recording for each', async () => {
  const model = createModel({ filters: [2, 3] }, { backend });
  const sizes = Array.from({ length: 12 }, (_, k) => 2 * k + 2);
  const recorded = await recordedBy(async () => {
    for (const width of sizes) model.record('accurate', { batch: 1, height: 4, width });
    for (const width of sizes) await model.predict(grey(width, 4));
  });
  assert.is(recorded.length, sizes.length);
});

for (const fields of [{}, { classes: 3 }, { deepSupervision: false }]) {
  test(`all heads in one pass say what each says by itself, ${JSON.stringify(fields)}`, async () => {
    const model = createModel({ filters: [4, 8, 8], ...fields }, { backend });
    const dataset = squares({ size: 16 });
    const samples = await Promise.all(dataset.split.validation.map((name) => dataset.load(name)));
    const images = samples.map(({ image }) => image);
    const outputs = outputsOf(model.config);
    const heads = await model.heads(images);
    assert.is(heads.length, outputs.length);
    for (const [k, output] of outputs.entries()) {
      assert.equal(heads[k], await model.probabilities(images, output), output);
    }
  });
}

test.run();
