import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { createModel, encodePng } from '../../../src/index.js';
import { COLOUR, chunk, ihdr, SIGNATURE } from '../../fixtures/png.js';
import { disc, listing, put, putPairs, refused, suiteInFolder, TINY, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli bad data');
const train = (...more: string[]) => ['train', '--data', 'data', '--out', 'run', ...TINY, '--epochs', '1', ...more];

test('folders that are no data set', ({ dir }) => {
  const missing = 'data: no such folder';
  refused(dir, train(), missing);
  mkdirSync(join(dir, 'data'));
  const layouts =
    'imagesTr, labelsTr and dataset.json, or NAME.mat of the figshare brain tumours, or ID/images/ID.png and ID/masks/*.png, or NAME with NAME_mask beside it';
  const expected = `data: not a data folder: expected images/NAME.png and masks/NAME.png, or ${layouts} in it`;
  refused(dir, train(), `${expected}, it is empty`);
  put(dir, 'data/scan.dcm', 'x');
  refused(dir, train(), `${expected}, found scan.dcm`);
  put(dir, 'data/images/a.gif', 'x');
  put(dir, 'data/masks/a.png', disc(9, 9, true));
  const none = 'data/images: no image, found a.gif; expected images/NAME.png and masks/NAME.png';
  refused(dir, train(), none);
  rmSync(join(dir, 'data'), { recursive: true });
  put(dir, 'data', 'a file');
  refused(dir, train(), 'data: a file, not a folder; give the folder that holds images/');
});

test('pairs that are none', ({ dir }) => {
  putPairs(dir, 1);
  refused(dir, train(), 'data: 1 pair; training needs at least 2, one of them for validation');
  putPairs(dir, 3);
  rmSync(join(dir, 'data/masks/n1.png'));
  refused(dir, train(), 'data/images/n1.png has no mask: expected data/masks/n1.png');
  put(dir, 'data/masks/n1.png', disc(20, 30, true));
  const sizes = 'data/images/n1.png is 41x35, its mask data/masks/n1.png is 20x30; they must have the same size';
  refused(dir, train(), sizes);
});

/** 50 MB of pixels behind a header that declares one. */
function bomb(): Uint8Array {
  const header = ihdr({ width: 1, height: 1, depth: 8, colour: COLOUR.grey });
  return Buffer.concat([SIGNATURE, header, chunk('IDAT', deflateSync(new Uint8Array(50e6))), chunk('IEND')]);
}

test('files that are no images: the file is named, and no run folder is left', ({ dir }) => {
  putPairs(dir);
  const image = readFileSync(join(dir, 'data/images/n2.png'));
  const whole = train('--size', '64');
  const spoilt = (content: Uint8Array | string, message: string) => {
    put(dir, 'data/images/n2.png', content);
    refused(dir, whole, `data/images/n2.png: ${message}`);
  };
  const half = image.subarray(0, Math.floor(image.length / 2));
  const left = `chunk IDAT at byte 33 needs ${image.length - 45} bytes, ${half.length - 33} are left`;
  spoilt(half, `truncated PNG: ${left}; copy the file again`);
  spoilt('a text called .png', 'not an image of a known format: it starts with "a text calle"; convert it to PNG');
  spoilt('', 'not an image of a known format: it is empty; convert it to PNG');
  put(dir, 'data/masks/n2.png', encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(255) }));
  const past = '1x1 grey of 8 bits needs 2; save it again';
  spoilt(bomb(), `damaged PNG: its pixel data inflates past its size: ${past}`);
  const flipped = Uint8Array.from(image);
  flipped[60]! ^= 1;
  put(dir, 'data/masks/n2.png', disc(42, 37, true));
  put(dir, 'data/images/n2.png', flipped);
  const { code, stderr } = unetpp(dir, [...whole, '--quiet']);
  assert.is(code, 2);
  assert.match(stderr, /^unetpp: data\/images\/n2\.png: damaged PNG: [^\n]+; copy the file again\n$/);
  assert.not.ok(listing(dir).includes('run'));
});

test('a mask that is not binary: its values are named', ({ dir }) => {
  putPairs(dir);
  const data = Uint8Array.from({ length: 40 * 33 }, (_, i) => (i % 5) * 10);
  put(dir, 'data/masks/n0.png', encodePng({ width: 40, height: 33, channels: 1, data }));
  const found =
    'a mask must hold two values (0 and 255, or 0 and 1), found 5: 0, 10, 20, 30, ...; threshold it first, or where it numbers objects read it with --instances';
  refused(dir, train(), `data/masks/n0.png: ${found}`);
});

test('evaluate: the same faults, and masks that the model is not for', async ({ dir }) => {
  const evaluate = ['evaluate', '--model', 'model.safetensors', '--data', 'data', '--subset', 'all', '--size', '32'];
  await createModel({ filters: [2, 4] }).save(join(dir, 'model.safetensors'));
  refused(dir, evaluate, 'data: no such folder');
  putPairs(dir);
  put(dir, 'data/masks/n3.png', disc(43, 39));
  const { code, stdout, stderr } = unetpp(dir, evaluate);
  assert.equal([code, stdout], [2, '']);
  assert.match(
    stderr,
    /^unetpp: data\/masks\/n3\.png: a mask must hold two values .*, found \d+: [\d, .]+; threshold it first, or where it numbers objects read it with --instances\n$/,
  );
  await createModel({ filters: [2, 4], classes: 3 }).save(join(dir, 'model.safetensors'));
  assert.match(unetpp(dir, evaluate).stderr, /^unetpp: data: masks have 1 foreground class, .*\n$/);
});

test.run();
