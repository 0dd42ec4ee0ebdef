/** `train --patch` and `train --fit`: what is printed and stored, and which options exclude each other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { encodePng, loadModel } from '../../../src/index.js';
import { json, put, putPairs, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli patches');
const SMALL = ['--filters', '2,4,6', '--lr', '0.01', '--epochs', '1'];
const DATA = ['train', '--data', 'data', ...SMALL];

const preprocessingOf = async (path: string) => (await loadModel(path)).card.preprocessing;

test('trained on patches, tested on whole images, resumed as it was', async ({ dir }) => {
  putPairs(dir);
  const split = ['--split', '3,2,1', '--test'];
  const args = [...DATA, '--patch', '16', '--patches', '3', '--augment', 'all', ...split, '--out', 'run'];
  const { code, stderr, stdout } = unetpp(dir, args);
  assert.is(code, 0, stderr);
  assert.match(stderr, '3 images to train on, 2 to validate on, 1 to test on, 3 patches of 16x16 an image grey');
  assert.match(stdout, /1 image \(test\) of \d+x\d+/);
  assert.equal(await preprocessingOf(join(dir, 'run/model.safetensors')), { normalisation: 'range', patch: 16 });
  const { size, patch, patches, foreground } = JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8'));
  assert.equal([size, patch, patches, foreground], [undefined, 16, 3, undefined]);
  assert.match(
    unetpp(dir, ['info', '--model', 'run/model.safetensors']).stdout,
    'at their own size, trained on patches of 16x16',
  );

  const more = ['--epochs', '2'];
  refused(
    dir,
    ['train', '--resume', 'run', ...more, '--patch', '32'],
    '--patch is 32, but the run in run was started with 16; leave it out, or start a new run',
  );
  const resumed = json(dir, ['train', '--resume', 'run', ...more]);
  const whole = json(dir, [...args.slice(0, -1), 'whole', ...more]);
  // The schedule of the learning rate is that of each one's epochs, which is constant by default.
  assert.is(resumed.weightsSha256, whole.weightsSha256);
});

test('padded to the square', async ({ dir }) => {
  putPairs(dir);
  const { code, stderr } = unetpp(dir, [...DATA, '--size', '32', '--fit', 'pad', '--out', 'run']);
  assert.is(code, 0, stderr);
  assert.match(stderr, 'padded to 32x32 grey');
  const stored = { normalisation: 'range', size: 32, fit: 'pad' };
  assert.equal(await preprocessingOf(join(dir, 'run/model.safetensors')), stored);
});

test('a study trains on patches, too', async ({ dir }) => {
  putPairs(dir);
  const args = ['study', ...DATA.slice(1), '--patch', '16', '--patches', '1', '--folds', '1', '--arms', 'unet'];
  assert.is(unetpp(dir, [...args, '--out', 'st']).code, 0);
  assert.is(JSON.parse(readFileSync(join(dir, 'st/protocol.json'), 'utf8')).patch, 16);
});

test('what excludes each other is refused before anything is read or written', ({ dir }) => {
  putPairs(dir);
  refused(
    dir,
    [...DATA, '--patch', '16', '--size', '32'],
    'size 32 and patch 16 exclude each other: images are brought to a size, or keep their own and are trained on in patches; leave one of them out',
  );
  refused(dir, [...DATA, '--patch', '18'], '--patch 18x18: a network of depth 2 needs a multiple of 4; use 16 or 20');
  refused(
    dir,
    [...DATA, '--foreground', '0.5'],
    'foreground 0.5 is of patches of images at their own size; give patch too, or leave it out',
  );
  const run = unetpp(dir, [...DATA, '--patch', '16', '--spacing', '0.5', '--out', 'run', '--quiet']);
  assert.equal(
    [run.code, run.stderr.replace(/^unetpp: n\d/, '')],
    [
      2,
      ': this image does not say how large its pixels are, so that it cannot be resampled to a spacing of 0.5 mm; leave spacing out, or store the size of a pixel in the file\n',
    ],
  );
});

test('objects that vanish are counted at the scale that padding gives', ({ dir }) => {
  // A bar of three rows in 90: stretched to 30 x 30 one row is left; padded the image has 30 x 10, and it vanishes.
  const frame = { width: 270, height: 90, channels: 1 };
  const bar = Uint8Array.from({ length: 270 * 90 }, (_, i) => {
    return [39, 40, 41].includes(Math.floor(i / 270)) ? 255 : 0;
  });
  for (const [k, name] of ['a', 'b'].entries()) {
    put(
      dir,
      `data/images/${name}.png`,
      encodePng({ ...frame, data: bar.map((value, i) => value / 2 + ((i + k) % 50)) }),
    );
    put(dir, `data/masks/${name}.png`, encodePng({ ...frame, data: bar }));
  }
  const vanished = (...more: string[]) =>
    (json(dir, ['check', '--data', 'data', '--size', '30', ...more]).vanished as { objects: number }).objects;
  assert.equal([vanished(), vanished('--fit', 'stretch'), vanished('--fit', 'pad')], [0, 0, 2]);
});

test.run();
