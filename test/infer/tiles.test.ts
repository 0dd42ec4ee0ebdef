/** Tiles: their grid, and that an image by its tiles is what the whole image gives. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import { type ImageSource, sourceOfImage } from '../../src/image/image-source.js';
import { createBackend, createModel, type Image, InputError, type Model, type Tta, toMask } from '../../src/index.js';
import { joinBands } from '../../src/infer/own-size.js';
import { tileAxis } from '../../src/infer/tile-grid.js';
import { planTiles, TILE_BYTES, type TilePlan, WHOLE_BYTES } from '../../src/infer/tiles.js';
import { defaultConfig } from '../../src/network/config.js';

const backend = createBackend();

function noise(width: number, height: number, channels = 1): Image<Uint8Array> {
  const random = new Random(seedKey(width * 1000 + height));
  const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
  return { width, height, channels, data };
}

test('along an axis, the weights of all tiles sum to 1 at every pixel, whatever the lengths', () => {
  const random = new Random(seedKey(1));
  for (let n = 0; n < 300; n++) {
    const multiple = 2 ** (1 + random.integer(4));
    const overlap = 2 * multiple * (1 + random.integer(4));
    const side = overlap + multiple * (1 + random.integer(12));
    const length = multiple * (1 + random.integer(100));
    for (const blend of [false, true]) {
      const axis = tileAxis(length, { side, overlap, multiple, blend });
      const sums = new Float64Array(length);
      for (const { start, from, to, weights } of axis.tiles) {
        assert.is(start % multiple, 0);
        assert.ok(start >= 0 && start + axis.side <= length && from >= start && to <= start + axis.side);
        // What counts of a tile is far enough from its ends, where the image goes on.
        if (!blend && start > 0) assert.ok(from - start >= overlap / 2);
        if (!blend && start + axis.side < length) assert.ok(start + axis.side - to >= overlap / 2);
        for (const [i, weight] of weights.entries()) sums[from + i]! += weight;
      }
      assert.ok(sums.every((sum) => Math.abs(sum - 1) < 1e-12));
      assert.is(axis.tiles.length, length > side ? Math.ceil((length - overlap) / (side - overlap)) : 1);
    }
  }
});

function planOf(model: Model, image: Image, tiling: number): TilePlan {
  return model.tiles(image, ['accurate'], { tiling })!;
}

/** The greatest difference of probabilities between the image as a whole and by its tiles. */
async function difference(model: Model, image: Image, tiling: number, tta: Tta = 'none'): Promise<number> {
  const whole = await model.predict(image, { tiling: 'off', tta });
  const tiled = await model.predict(image, { tiling, tta });
  assert.equal([tiled.width, tiled.height, tiled.classes], [whole.width, whole.height, whole.classes]);
  return whole.probs.reduce((most, value, i) => Math.max(most, Math.abs(value - tiled.probs[i]!)), 0);
}

const cases = [
  { filters: [4, 8] },
  { filters: [4, 8], upsample: 'bilinear' },
  { filters: [2, 3, 4], norm: 'batch', classes: 3 },
  { filters: [8, 8, 8], inChannels: 3, upsample: 'nearest' },
] as const;

for (const fields of cases) {
  for (const normalisation of ['range', 'zscore'] as const) {
    test(`by tiles, every pixel is that of the whole image: ${JSON.stringify(fields)}, ${normalisation}`, async () => {
      const model = createModel(fields, { backend, seed: 2 });
      model.adopt({ ...model.card, preprocessing: { normalisation } });
      const image = noise(157, 131, model.config.inChannels);
      for (const tile of fields.filters.length === 2 ? [32, 90] : [60, 90]) {
        assert.ok((await difference(model, image, tile)) < 1e-6, `tiles of ${tile}`);
      }
      // Another image, so that it is seen that the comparison sees anything.
      assert.ok((await difference(model, image, 1000)) === 0);
    });
  }
}

for (const tta of ['flips', 'dihedral'] as const) {
  test(`by tiles, the mean over ${tta} is that of the whole image, too, where it is padded unevenly`, async () => {
    const model = createModel({ filters: [2, 3, 4] }, { backend, seed: 2 });
    const image = noise(157, 131);
    assert.ok((await difference(model, image, 60, tta)) < 1e-6);
    const plain = await model.predict(image, { tiling: 60 });
    assert.not.equal(await model.predict(image, { tiling: 60, tta }), plain);
  });
}

for (const fields of [{ norm: 'instance' }, { norm: 'group' }, { upsample: 'bilinear-align-corners' }] as const) {
  test(`a network that looks at the whole image differs by tiles, within a bound: ${JSON.stringify(fields)}`, async () => {
    const model = createModel({ filters: [4, 8], ...fields }, { backend, seed: 2 });
    const most = await difference(model, noise(157, 131), 64);
    assert.ok(most > 1e-6 && most < 0.3, `${most}`);
  });
}

test('a mask by bands is the mask of the whole prediction', async () => {
  const model = createModel({ filters: [4, 8] }, { backend, seed: 2 });
  const image = noise(157, 531);
  for (const tiling of ['off', 64] as const) {
    const prediction = await model.predict(image, { tiling });
    const threshold = prediction.probs[4000]!;
    assert.equal(await model.predictMask(image, { tiling, threshold }), toMask(prediction, threshold));
  }
});

for (const normalisation of ['range', 'percentile', 'zscore'] as const) {
  test(`an image that is read in parts is predicted as one in memory, and never read as a whole: ${normalisation}`, async () => {
    const model = createModel({ filters: [4, 8] }, { backend, seed: 2 });
    model.adopt({ ...model.card, preprocessing: { normalisation } });
    // Colours, so that parts are converted, too.
    const image = noise(100, 2000, 3);
    const inMemory = sourceOfImage(image);
    let [rows, times] = [0, 0];
    const source: ImageSource = {
      ...inMemory,
      read(window) {
        rows = Math.max(rows, window.height);
        times++;
        return inMemory.read(window);
      },
    };
    assert.equal(await model.predictMask(source, { tiling: 64 }), await model.predictMask(image, { tiling: 64 }));
    const bands = await joinBands(model.bands(source, { tiling: 64 }), image);
    assert.equal(bands, [await model.predict(image, { tiling: 64 })]);
    if (normalisation !== 'range') return;
    const lines = planOf(model, image, 64).rows.length;
    assert.equal([rows, times], [64, 2 * lines], 'tiles beside each other share their rows');
  });
}

test('auto computes an image as a whole up to a bound, and above it in tiles within another', () => {
  const asked: number[] = [];
  const bytesOf = (batch: number, { width, height }: { width: number; height: number }) => {
    asked.push(batch * width * height * 1000);
    return asked.at(-1)!;
  };
  const request = { config: defaultConfig, level: 4, tiling: 'auto', batch: 4, bytesOf } as const;
  const side = Math.floor(Math.sqrt(WHOLE_BYTES / 1000) / 16) * 16;
  assert.is(planTiles({ width: side, height: side }, request), undefined);
  assert.ok(asked.length === 1, 'one forecast');
  const plan = planTiles({ width: side + 65, height: side }, request)!;
  const { width, height } = plan.tile;
  assert.ok(width * height * 1000 <= TILE_BYTES && (width + 16) ** 2 * 1000 > TILE_BYTES);
  assert.equal([width % 16, plan.batch, plan.approximate], [0, 1, false]);
  assert.is(planTiles({ width: side + 65, height: side }, { ...request, tiling: 'off' }), undefined);
});

test('tiles without a centre that is exact are refused', async () => {
  const model = createModel({ filters: [4, 8] }, { backend });
  try {
    await model.predict(noise(40, 40), { tiling: 20 });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, InputError);
    assert.is(
      (error as Error).message,
      'tiles of 20 pixels: this network sees 9 pixels to each side of a pixel; take 22 or more, better 60',
    );
  }
});

test.run();
