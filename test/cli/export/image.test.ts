/** `unetpp export --image`: the image on which an export is tried, as the network of the model reads it. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodeTiff } from '../../../src/formats/tiff/write.js';
import { createModel, type ModelCard, type ModelConfig } from '../../../src/index.js';
import { disc, json, put, refused, suiteInFolder } from '../../support/cli/cli.js';

const test = suiteInFolder('cli export image');
const call = (...more: readonly string[]) =>
  ['export', '--model', 'model.safetensors', '--format', 'torch', '--out', 'torch', ...more] as const;

async function putModel(dir: string, config: Partial<ModelConfig> = {}, card: Partial<ModelCard> = {}): Promise<void> {
  const model = createModel({ filters: [3, 4, 5], ...config }, { seed: 5 });
  model.adopt({ ...model.card, ...card });
  await model.save(join(dir, 'model.safetensors'));
}

test('without it a slice of the phantom, at the size of the model where it has one', async ({ dir }) => {
  await putModel(dir);
  assert.equal(json(dir, call()).image, { width: 64, height: 64 });
  await putModel(dir, {}, { preprocessing: { normalisation: 'range', size: 40 } });
  assert.equal(json(dir, call('--force')).image, { width: 40, height: 40 });
});

test('at its own size, at multiples of what the network halves; or at the size of the model', async ({ dir }) => {
  put(dir, 'scan.png', disc(37, 53));
  await putModel(dir);
  assert.equal(json(dir, call('--image', 'scan.png')).image, { width: 40, height: 56 });
  await putModel(dir, {}, { preprocessing: { normalisation: 'percentile', size: 32, fit: 'pad' } });
  assert.equal(json(dir, call('--image', 'scan.png', '--force')).image, { width: 32, height: 32 });
});

test('grey for a network that reads colours, and of a stack the middle slice with its neighbours', async ({ dir }) => {
  put(dir, 'scan.png', disc(16, 16));
  await putModel(dir, { inChannels: 3 });
  assert.equal(json(dir, call('--image', 'scan.png')).image, { width: 16, height: 16 });
  const page = (value: number) => ({ width: 8, height: 12, channels: 1, data: new Uint8Array(96).fill(value) });
  put(dir, 'stack.tif', encodeTiff([1, 2, 3, 4].map(page), {}, 'stack.tif'));
  await putModel(dir, { inChannels: 3 }, { preprocessing: { normalisation: 'range', neighbours: 1 } });
  assert.equal(json(dir, call('--image', 'stack.tif', '--force')).image, { width: 8, height: 12 });
});

test('what is no image for the model is refused by its name', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'two.npy', encodeNpy([8, 8, 2], new Uint8Array(128)));
  const channels = 'an image of 2 channels, the model reads 1; save it with 1';
  refused(dir, call('--image', 'two.npy'), `two.npy: ${channels}`);
  refused(dir, call('--image', 'no.png'), 'no.png: cannot be read: there is no such file; check the path (ENOENT)');
  const itself = '--image reads it, so nothing is written there; give another place';
  put(dir, 'scan.png', disc(16, 16));
  refused(
    dir,
    [...call('--image', 'scan.png').slice(0, 5), '--out', 'scan.png', '--image', 'scan.png'],
    `scan.png: ${itself}`,
  );
});

test.run();
