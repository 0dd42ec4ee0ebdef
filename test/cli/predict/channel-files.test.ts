/** `unetpp predict` on folders named as nnU-Net names them: CASE_0000, CASE_0001, … are the channels of one image. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel, encodePng, type Model, openImage, readImage, sourceOf } from '../../../src/index.js';
import { buildNifti, sformOf, zipped } from '../../fixtures/nifti.js';
import { disc, json, listing, put, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli predict: channels in files');
const args = (model = 'model.safetensors') => ['predict', '--model', model, '--input', 'in', '--out', 'out'];
const size = { width: 8, height: 8 };

async function putModel(dir: string, inChannels: number): Promise<Model> {
  const model = createModel({ filters: [3, 5], inChannels }, { seed: 5 });
  await model.save(join(dir, 'model.safetensors'));
  return model;
}

/** Volumes of 16x16x3 in one file with a bright ball, darker with every shade. */
function volumes(shades: readonly number[], isMask = false): Uint8Array {
  const length = 16 * 16 * 3;
  const data = Array.from({ length: length * shades.length }, (_, v) => {
    const k = v % length;
    const inside = ((k % 16) - 7) ** 2 + ((Math.floor(k / 16) % 16) - 8) ** 2 < 20;
    return isMask ? Number(inside) : (inside ? 900 : 100) - 20 * shades[Math.floor(v / length)]! + (k % 7);
  });
  const sform = sformOf([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 4, 0],
  ]);
  const shape = [16, 16, 3, ...(shades.length > 1 ? [shades.length] : [])];
  return zipped(buildNifti({ shape, type: isMask ? 'uint8' : 'int16', data, sform }));
}

test('a model that was trained on a folder of nnU-Net reads images that are named alike', async ({ dir }) => {
  put(dir, 'data/dataset.json', '{"channel_names": {"0": "T1", "1": "T2"}, "labels": {"background": 0, "core": 1}}');
  for (const [k, name] of ['a', 'b', 'c'].entries()) {
    for (const channel of [0, 1]) put(dir, `data/imagesTr/${name}_000${channel}.nii.gz`, volumes([k + channel]));
    put(dir, `data/labelsTr/${name}.nii.gz`, volumes([0], true));
    for (const channel of [0, 1]) put(dir, `in/${name}_000${channel}.nii.gz`, volumes([k + channel]));
  }
  const network = ['--filters', '2,4', '--size', '16', '--normalise', 'zscore'];
  json(dir, ['train', '--data', 'data', ...network, '--epochs', '1', '--out', 'run']);
  const predict = args('run/model.safetensors');
  assert.is(json(dir, [...predict, '--threshold', '0']).images, 9);
  const names = ['a', 'b', 'c'].flatMap((name) => [`${name}-overlay.png`, `${name}.nii.gz`]);
  assert.equal(listing(join(dir, 'out')), names);
  const { header } = await openImage(sourceOf(readFileSync(join(dir, 'out/b.nii.gz')), 'b'));
  assert.equal([header.width, header.height, header.slices, header.sliceSpacing], [16, 16, 3, 4]);

  rmSync(join(dir, 'in/b_0001.nii.gz'));
  const lacks = 'the model reads 2 channels, b_0000 to b_0001, and b has 1; add it';
  refused(dir, predict, `in/b_0001.nii.gz: there is no such file; ${lacks}`);
});

test('channels are stacked in the order of their numbers', async ({ dir }) => {
  const model = await putModel(dir, 2);
  for (const channel of [1, 0]) {
    const data = Uint8Array.from({ length: 64 }, (_, i) => 3 * i + channel);
    put(dir, `in/a_000${channel}.png`, encodePng({ ...size, channels: 1, data }));
  }
  json(dir, [...args(), '--threshold', '0.5']);
  const data = Uint8Array.from({ length: 128 }, (_, i) => 3 * Math.floor(i / 2) + (i % 2));
  const { data: mask } = await model.predictMask({ ...size, channels: 2, data }, { threshold: 0.5 });
  assert.equal([...(await readImage(join(dir, 'out/a.png'))).data], [...mask.map((value) => 255 * value)]);

  put(dir, 'in/b_0001.png', disc(8, 8));
  const lacks = 'the model reads 2 channels, b_0000 to b_0001, and b has 1; add it';
  refused(dir, args(), `in/b_0000.png: there is no such file; ${lacks}`);
  put(dir, 'in/notes.png', disc(8, 8));
  refused(dir, args(), 'in/a_0000.png: an image of 1 channel, the model reads 2; save it with 2 channels as .npy');
});

test('a single channel has the name of its case; pictures that are merely numbered keep theirs', async ({ dir }) => {
  await putModel(dir, 1);
  for (const name of ['a_0000', 'b_0000']) put(dir, `in/${name}.png`, disc(8, 8));
  json(dir, args());
  assert.equal(listing(join(dir, 'out')), ['a-overlay.png', 'a.png', 'b-overlay.png', 'b.png']);
  rmSync(join(dir, 'out'), { recursive: true });

  // Grey frames, and then frames in colour, for a model of RGB.
  const expected = ['a_0000-overlay.png', 'a_0000.png', 'a_0001-overlay.png', 'a_0001.png', 'b_0000-overlay.png'];
  await putModel(dir, 3);
  put(dir, 'in/a_0001.png', disc(8, 8));
  json(dir, args());
  assert.equal(listing(join(dir, 'out')), [...expected, 'b_0000.png']);
  put(dir, 'in/a_0002.png', disc(8, 8));
  const lacks = 'the model reads 3 channels, b_0000 to b_0002, and b has 1; add it';
  refused(dir, args(), `in/b_0001.png: there is no such file; ${lacks}`);
  for (const name of ['a_0000', 'a_0001', 'a_0002', 'b_0000']) {
    put(dir, `in/${name}.png`, encodePng({ ...size, channels: 3, data: new Uint8Array(192).fill(9) }));
  }
  assert.is(json(dir, args()).images, 4);
});

test('a model that was trained on a folder of the Decathlon reads files whose volumes are channels', async ({
  dir,
}) => {
  put(dir, 'data/dataset.json', '{"modality": {"0": "T1", "1": "T2"}, "labels": {"0": "background", "1": "core"}}');
  for (const [k, name] of ['a', 'b', 'c'].entries()) {
    put(dir, `data/imagesTr/${name}.nii.gz`, volumes([k, 2 * k + 1]));
    put(dir, `data/labelsTr/${name}.nii.gz`, volumes([0], true));
    put(dir, `in/${name}.nii.gz`, volumes([k, 2 * k + 1]));
    for (const channel of [0, 1]) put(dir, `files/${name}_000${channel}.nii.gz`, volumes([channel ? 2 * k + 1 : k]));
  }
  const network = ['--filters', '2,4', '--size', '16', '--normalise', 'zscore', '--neighbours', '1'];
  json(dir, ['train', '--data', 'data', ...network, '--epochs', '1', '--out', 'run']);
  const predict = (input: string, out: string, ...more: string[]) => [
    'predict',
    '--model',
    'run/model.safetensors',
    '--input',
    input,
    '--out',
    out,
    '--save-probs',
    ...more,
  ];
  const { code, stderr } = unetpp(dir, predict('in', 'out'));
  assert.equal([code, stderr], [0, ''], 'no volume of several was chosen');
  // The same numbers as channels in files of their own.
  json(dir, predict('files', 'same'));
  for (const name of listing(join(dir, 'same'))) {
    assert.equal(readFileSync(join(dir, 'out', name)), readFileSync(join(dir, 'same', name)), name);
  }
  assert.is(json(dir, predict('in/b.nii.gz', 'one')).images, 3);
  const probabilities = (folder: string) => readFileSync(join(dir, folder, 'b-probs.nii.gz'));
  assert.equal(probabilities('one'), probabilities('out'));

  const grey = 'in/b.nii.gz: an image of 3 channels, the model reads 6; save it with 6 channels as .npy';
  refused(dir, predict('in/b.nii.gz', 'none', '--volume', '1'), grey);
  put(dir, 'in/b.nii.gz', volumes([1, 2, 3]));
  const several = 'holds 3 volumes, 16x16x3x3 of int16, expected one; name it, volume 1 to 3';
  refused(dir, predict('in', 'none'), `in/b.nii.gz: ${several}`);
});

test.run();
