import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fold, Random } from '../../../src/base/random.js';
import { encodePng } from '../../../src/formats/png/encode.js';
import { decodePng } from '../../../src/formats/png/png.js';
import type { Image } from '../../../src/image/image.js';
import { mirrored, rearrange } from '../../../src/image/rearrange.js';
import { Canvas } from '../../../src/report/canvas.js';
import { BACKGROUND, GREEN } from '../../../src/report/colours.js';
import { storedMask } from '../../../src/report/overlay.js';
import { sampleKey } from '../../../src/train/loop/batches.js';
import { putMat } from '../../fixtures/mat.js';
import {
  disc,
  json,
  listing,
  put,
  putPairs,
  refused,
  suiteInFolder,
  TINY,
  unetpp,
  unetppAlone,
  unetppWithout,
} from '../../support/cli/cli.js';

const test = suiteInFolder('cli check and convert');

/** Six slices of three patients, 40x36, with a bright rectangle that is the tumour; 12 bits of 16. */
async function putTumours(dir: string): Promise<void> {
  for (let k = 0; k < 6; k++) {
    const inside = (x: number, y: number) => x > 20 && x < 34 && y > 4 + k && y < 12 + k;
    await putMat(join(dir, 'mats'), `${k}.mat`, {
      width: 40,
      height: 36,
      image: (x, y) => 100 + ((x * 7 + y * 13 + k) % 50) + (inside(x, y) ? 3000 : 0),
      mask: (x, y) => Number(inside(x, y)),
      patient: `p${Math.floor(k / 2)}`,
      label: 1 + Math.floor(k / 2),
    });
  }
}

test('convert: 16 bits are kept, patients are written, and training gives the same weights', async ({ dir }) => {
  await putTumours(dir);
  const result = json(dir, ['convert', '--data', 'mats', '--out', 'png']);
  assert.equal(result, { out: 'png', images: 6, patients: 3, bits: [16], range: [100, 3149] });
  assert.is(listing(join(dir, 'png')).length, 4 + 12);
  const { width, height, data } = decodePng(readFileSync(join(dir, 'png/images/0.png')), '0.png');
  assert.equal([width, height, data[0], data[25 + 6 * 40]], [40, 36, 100, 3100 + ((25 * 7 + 6 * 13) % 50)]);
  assert.is(decodePng(readFileSync(join(dir, 'png/masks/0.png')), '0.png').data[25 + 6 * 40], 255);
  assert.equal(JSON.parse(readFileSync(join(dir, 'png/patients.json'), 'utf8'))[5], { patient: 'p2', label: '3' });

  const weights = ['mats', 'png'].map((data) => {
    const train = ['train', '--data', data, '--out', `run-${data}`, ...TINY, '--epochs', '1', '--normalise', 'zscore'];
    return json(dir, train).weightsSha256;
  });
  assert.is(weights[0], weights[1]);
  const model = 'run-png/model.safetensors';
  assert.equal(json(dir, ['info', '--model', model]).preprocessing, { normalisation: 'zscore', size: 32 });
  assert.is(json(dir, ['evaluate', '--model', model, '--data', 'mats', '--subset', 'all']).images, 6);
});

test('convert: never into a data folder, and nothing is left of half a folder', async ({ dir }) => {
  await putTumours(dir);
  mkdirSync(join(dir, 'empty'));
  assert.is(unetpp(dir, ['convert', '--data', 'mats', '--out', 'empty', '--quiet']).code, 0);
  const again = 'empty: a data folder, so nothing is written there; give another place';
  refused(dir, ['convert', '--data', 'mats', '--out', 'empty'], again);
  await putMat(join(dir, 'mats'), '5.mat', { width: 3, height: 3, mask: () => 7 });
  refused(dir, ['convert', '--data', 'mats', '--out', 'png'], 'mats/5.mat: cjdata/tumorMask holds 7; expected 0 and 1');
});

test('without h5wasm: one line that says what to install; PNG needs none', async ({ dir }) => {
  await putTumours(dir);
  const { code, stdout, stderr } = unetppWithout(dir, 'h5wasm', ['check', '--data', 'mats', '--quiet']);
  const install = 'MATLAB files are read by h5wasm, which is not installed; run: npm install h5wasm';
  assert.equal([code, stdout, stderr], [2, '', `unetpp: mats/0.mat: ${install}\n`]);
  putPairs(dir, 3);
  assert.is(unetppWithout(dir, 'h5wasm', ['check', '--data', 'data', '--quiet']).code, 0);
});

test('check: the facts of a folder, and a contact sheet', async ({ dir }) => {
  await putTumours(dir);
  const result = json(dir, ['check', '--data', 'mats', '--out', 'sheet.png']);
  assert.equal(result.sizes, { '40x36': 6 });
  assert.equal(result.kinds, { '16-bit grey': 6 });
  assert.equal(result.values, { least: 100, greatest: 3149, medianGreatest: 3149 });
  assert.equal(result.classes, [
    { name: 'background', share: 1 - (13 * 7) / (40 * 36), images: 6 },
    { name: 'tumour', share: (13 * 7) / (40 * 36), images: 6 },
  ]);
  const subsets = result.subsets as { name: string; images: number; patients: number }[];
  assert.equal(
    subsets.map(({ name, images, patients }) => [name, images, patients]),
    [
      ['train', 4, 2],
      ['validation', 2, 1],
    ],
  );
  assert.equal(result.remarks, [
    'most images use less than a quarter of their range (median of the maxima 3149); train with --normalise percentile or zscore',
  ]);
  const sheet = decodePng(readFileSync(join(dir, 'sheet.png')), 'sheet.png');
  assert.ok(sheet.width > 1000 && sheet.channels === 3);
});

test('check: everything that is worth a remark, and still exit code 0', ({ dir }) => {
  const pair = (name: string, values: number[], mask: number[], channels = 1) => {
    const frame = { width: 4, height: 1 };
    put(dir, `data/images/${name}.png`, encodePng({ ...frame, channels, data: Uint8Array.from(values) }));
    put(dir, `data/masks/${name}.png`, encodePng({ ...frame, channels: 1, data: Uint8Array.from(mask) }));
  };
  pair('a', [1, 2, 3, 200], [0, 1, 1, 0]);
  pair('b', [1, 2, 3, 200], [0, 1, 1, 0]);
  pair('c', [9, 9, 9, 9], [0, 0, 0, 0]);
  pair(
    'd',
    [9, 2, 3, 4].flatMap((v) => [v, v, 240]),
    [0, 1, 0, 0],
    3,
  );
  pair('e', [1, 2, 3, 250], [1, 0, 0, 0]);
  pair('f', [1, 2, 3, 250], [1, 0, 0, 0]);
  pair('unused', [7, 7, 8, 255], [1, 0, 0, 0]);
  put(dir, 'data/split.json', '{"train": ["a", "c", "e", "f"], "validation": ["b"], "test": ["d"]}');
  put(dir, 'data/classes.json', '["core", "edema"]');
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'unused'];
  const patients = Object.fromEntries(names.map((name) => [name, { patient: 'cd'.includes(name) ? 'X' : name }]));
  put(dir, 'data/patients.json', JSON.stringify(patients));
  const result = json(dir, ['check', '--data', 'data']);
  assert.equal(result.duplicates, [
    ['a', 'b'],
    ['e', 'f'],
  ]);
  assert.equal(result.emptyMasks, ['c']);
  assert.equal(result.remarks, [
    'the same image in different subsets: a (train), b (validation); keep it in one',
    'patient X is in different subsets: c (train), d (test); keep a patient in one',
    'the same image more than once: e, f',
    '1 image with a single value: c',
    '1 mask without foreground: c',
    'no mask shows the class "edema"',
    'images of different kinds: 8-bit grey (6), 8-bit RGB (1); all are converted to the same number of channels',
  ]);
  const { code, stdout } = unetppAlone(dir, ['check', '--data', 'data', '--quiet']);
  assert.is(code, 0);
  assert.match(stdout, /\n {2}in no subset: 1 image, of 1 patient\n/);
  assert.match(stdout, /\nremark {4}patient X is in different subsets/);
  const divided = '"c" (train) and "d" (test) are of one patient, X; keep a patient in one subset';
  refused(dir, ['train', '--data', 'data', '--out', 'run', ...TINY], `data/split.json: ${divided}`);
});

/** A tile of the sheet: 192 x 192 pixels. */
function tileAt(sheet: Image<Uint8Array>, column: number, row: number): Image<Uint8Array> {
  const tile = new Canvas(192, 192, BACKGROUND);
  tile.blit(sheet, -(20 + column * 204), -(20 + 2 * 26 + row * 256));
  return tile;
}

test('check --augment: a row for each image, as it is and as the first epochs of train see it', ({ dir }) => {
  putPairs(dir, 3);
  put(dir, 'data/split.json', '{"train": ["n0", "n2"], "validation": ["n1"]}');
  const sheetOf = (...options: string[]) => {
    const result = json(dir, ['check', '--data', 'data', '--out', 'sheet.png', '--size', '64', ...options]);
    assert.equal([result.images, result.sheet], [3, 'sheet.png']);
    return decodePng(readFileSync(join(dir, 'sheet.png')), 'sheet.png') as Image<Uint8Array>;
  };
  const none = sheetOf('--augment', 'none');
  const flips = sheetOf('--augment', 'flip');
  for (const [row, name] of ['n0', 'n2'].entries()) {
    const original = tileAt(none, 0, row);
    assert.ok(
      original.data.some((value, i) => i % 3 === 1 && value === GREEN[1]),
      'an outline',
    );
    assert.equal(tileAt(flips, 0, row), original);
    for (let epoch = 1; epoch <= 5; epoch++) {
      assert.equal(tileAt(none, epoch, row), original);
      const word = new Random(fold(sampleKey(1, 'augment', epoch, name), 'flip')).word();
      const flipped = rearrange(original, mirrored(original, (word & 1) === 1, (word & 2) === 2));
      const shown = tileAt(flips, epoch, row);
      const wrong = flipped.data.filter((value, i) => Math.abs(value - shown.data[i]!) > 1).length;
      assert.is(wrong, 0, `${name}, epoch ${epoch}`);
    }
  }
  const seeds = ['1', '2'].map((seed) => sheetOf('--augment', 'all,noise:0', '--seed', seed));
  assert.is.not(Buffer.compare(seeds[0]!.data, seeds[1]!.data), 0);
});

test('check --augment that cannot be shown', ({ dir }) => {
  putPairs(dir, 3);
  const augment = ['check', '--data', 'data', '--augment'];
  const out = '--augment shows what it does as a picture; give a file for it with --out';
  refused(dir, [...augment, 'flip'], out);
  const known = 'flip, turn, elastic, affine, brightness, contrast, gamma, colour, noise, all, or none';
  refused(dir, [...augment, 'flp', '--out', 'sheet.png'], `unknown augmentation "flp"; known: ${known}`);
});

test('check lists every fault and every file that is skipped; train refuses the folder', ({ dir }) => {
  putPairs(dir, 8);
  put(dir, 'data/images/n1.png', 'text');
  put(dir, 'data/images/lonely.png', disc(9, 7));
  put(dir, 'data/images/scan.gif', 'GIF89a');
  put(dir, 'data/images/.hidden', '');
  put(dir, 'data/masks/n2.png', disc(9, 7, true));
  put(dir, 'data/masks/n3.png', disc(43, 39));
  put(dir, 'data/masks/other.png', disc(9, 7, true));
  put(dir, 'data/notes.txt', 'x');
  const { code, stdout, stderr } = unetpp(dir, ['check', '--data', 'data', '--out', 'sheet.png', '--json']);
  assert.equal([code, stderr], [2, 'unetpp: data: 5 faults, listed above; correct them before training\n']);
  const { images, faults, skipped, sheet } = JSON.parse(stdout);
  assert.equal([images, skipped, sheet], [5, ['data/notes.txt', 'data/images/scan.gif'], 'sheet.png']);
  assert.equal(faults.slice(0, 4), [
    'data/images/lonely.png has no mask: expected data/masks/lonely.png',
    'data/images/n1.png: not an image of a known format: it starts with "text"; convert it to PNG',
    'data/images/n2.png is 42x37, its mask data/masks/n2.png is 9x7; they must have the same size',
    'data/masks/n3.png: a mask must hold two values (0 and 255, or 0 and 1), found 46: 60, 61, 62, 63, ...; threshold it first, or where it numbers objects read it with --instances',
  ]);
  assert.is(faults[4], 'data/masks/other.png has no image: expected data/images/other.png');
  const text = unetpp(dir, ['check', '--data', 'data']).stdout;
  assert.match(text, '\nskipped   data/images/scan.gif\n');
  assert.is(text.split('\nfault     ').length, 6);
  refused(dir, ['train', '--data', 'data', '--out', 'run'], `${faults[0]}`);
});

test('objects of masks that vanish when they are resized are counted, by check and by train', ({ dir }) => {
  putPairs(dir, 3);
  const data = new Uint8Array(40 * 40);
  // A large lesion, and two of one and of two pixels, far from it.
  for (let i = 0; i < 20 * 40; i++) data[i] = 255;
  data[30 * 40 + 5] = data[35 * 40 + 30] = data[36 * 40 + 31] = 255;
  put(dir, 'data/images/small.png', disc(40, 40));
  put(dir, 'data/masks/small.png', encodePng({ width: 40, height: 40, channels: 1, data }));
  const lost = '2 objects of the masks vanish at 16x16, in 1 image: small; a larger --size keeps more';
  const { vanished, remarks } = json(dir, ['check', '--data', 'data', '--size', '16']);
  assert.equal(vanished, { size: 16, objects: 2, images: ['small'] });
  assert.ok((remarks as string[]).includes(lost));
  assert.equal(json(dir, ['check', '--data', 'data', '--size', '40']).vanished, { size: 40, objects: 0, images: [] });
  const { stderr } = unetpp(dir, ['train', '--data', 'data', ...TINY, '--size', '16', '--epochs', '1']);
  assert.match(stderr, `remark    ${lost}\n`);
});

test('a data folder that is none', ({ dir }) => {
  refused(dir, ['check', '--data', 'none'], 'none: no such folder');
});

test('several classes: train, evaluate and predict', ({ dir }) => {
  for (let k = 0; k < 5; k++) {
    const frame = { width: 32, height: 32, channels: 1 };
    const label = (i: number) => (i % 32 < 12 + k ? 0 : Math.floor(i / 32) < 16 ? 1 : 2);
    const of = (value: (i: number) => number) =>
      encodePng({ ...frame, data: Uint8Array.from({ length: 1024 }, (_, i) => value(i)) });
    put(
      dir,
      `data/images/${k}.png`,
      of((i) => 100 * label(i) + ((i * 31) % 17)),
    );
    put(dir, `data/masks/${k}.png`, of(label));
  }
  const wider = ['--filters', '8,16', '--norm', 'group', '--epochs', '25', '--batch', '1'];
  const train = ['train', '--data', 'data', '--out', 'run', ...TINY, ...wider];
  const { validation } = json(dir, train) as { validation: { dice: number } };
  assert.ok(validation.dice > 0.8, `Dice ${validation.dice}`);
  const model = ['--model', 'run/model.safetensors'];
  const { config } = json(dir, ['info', ...model]) as { config: { classes: number } };
  assert.is(config.classes, 3);
  json(dir, ['predict', ...model, '--input', 'data/images/0.png', '--out', 'out']);
  const mask = decodePng(readFileSync(join(dir, 'out/0.png')), '0.png');
  assert.equal([...new Set(mask.indices)].sort(), [0, 1, 2]);

  json(dir, ['convert', '--data', 'data', '--out', 'again']);
  put(dir, 'again/images/blank.png', readFileSync(join(dir, 'data/images/1.png')));
  const blank = storedMask({ width: 32, height: 32, channels: 1, data: new Uint8Array(1024) }, 2);
  put(dir, 'again/masks/blank.png', encodePng(blank));
  rmSync(join(dir, 'again/classes.json'));
  const classesOf = (data: string) =>
    json(dir, ['check', '--data', data]).classes as { name: string; images: number }[];
  const [background, ...classes] = classesOf('data');
  assert.is(background!.images, 5);
  assert.equal(
    classesOf('again')
      .slice(1)
      .map(({ name, images }) => [name, images]),
    [
      ['class 1', 5],
      ['class 2', 5],
    ],
  );
  assert.equal(
    classes.map(({ name, images }) => [name, images]),
    [
      ['class 1', 5],
      ['class 2', 5],
    ],
  );
});

test.run();
