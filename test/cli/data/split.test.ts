/** `--split`: what a training, and the commands after it, make of it. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { disc, json, put, putPairs, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli split');

const TRAIN = ['train', '--data', 'data', '--filters', '2,4', '--size', '16', '--epochs', '1', '--out', 'run'];
const MODEL = ['--model', 'run/model.safetensors'];

/** 12 images of 6 patients, two each. */
function putPatients(dir: string): void {
  putPairs(dir, 12);
  const patients = Array.from({ length: 12 }, (_, n) => [`n${n}`, { patient: `p${n >> 1}`, label: n < 6 ? 'a' : 'b' }]);
  put(dir, 'data/patients.json', JSON.stringify(Object.fromEntries(patients)));
}

const splitOf = (dir: string): Record<string, string[]> =>
  JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8')).split;

test('by patient: said before the training, and drawn again by evaluate', ({ dir }) => {
  putPatients(dir);
  const { code, stderr } = unetpp(dir, [...TRAIN, '--split', '50%,25%,25%', '--seed', '5']);
  assert.is(code, 0, stderr);
  assert.match(stderr, '\nsplit     50%,25%,25% by patient: 8, 2 and 2 images of 4, 1 and 1 patients\n');
  const split = splitOf(dir);
  const patient = (name: string) => Number(name.slice(1)) >> 1;
  assert.equal(new Set(split.test!.map(patient)).size, 1);
  for (const subset of ['validation', 'test']) {
    json(dir, ['evaluate', ...MODEL, '--data', 'data', '--subset', subset, '--csv', 'scores.csv']);
    const rows = readFileSync(join(dir, 'scores.csv'), 'utf8').trimEnd().split('\r\n').slice(1);
    assert.equal(
      rows.map((row) => row.split(',')[0]),
      split[subset],
    );
  }
  const checked = json(dir, ['check', '--data', 'data', '--split', '50%,25%,25%', '--seed', '5']);
  const subsets = checked.subsets as { name: string; images: number; patients: number }[];
  assert.equal(
    subsets.map(({ name, images, patients }) => [name, images, patients]),
    [
      ['train', 8, 4],
      ['validation', 2, 1],
      ['test', 2, 1],
    ],
  );

  // Other images are no test of this model unless all of them are.
  put(dir, 'data/images/x.png', disc(40, 40));
  put(dir, 'data/masks/x.png', disc(40, 40, true));
  rmSync(join(dir, 'data/patients.json'));
  const advice = 'restore them, or take the subset "all" of other images';
  const others = 'data: not the images that the split 50%,25%,25% was drawn from, so that images of the training';
  refused(dir, ['evaluate', ...MODEL, '--data', 'data'], `${others} could be in any subset; ${advice}`);
  assert.is(json(dir, ['evaluate', ...MODEL, '--data', 'data', '--subset', 'all']).images, 13);
  put(dir, 'data/split.json', '{"train": ["n0"], "validation": ["n1"], "test": ["x"]}');
  assert.is(json(dir, ['evaluate', ...MODEL, '--data', 'data', '--subset', 'test']).images, 1);
});

test('check tells which patients a split by image divides', ({ dir }) => {
  putPairs(dir, 36);
  const patients = Array.from({ length: 36 }, (_, n) => [`n${n}`, { patient: `p${n % 9}` }]);
  put(dir, 'data/patients.json', JSON.stringify(Object.fromEntries(patients)));
  const { remarks } = json(dir, ['check', '--data', 'data', '--split', '12,12,12', '--split-by', 'image']);
  const divided = (remarks as string[]).filter((remark) => remark.includes('different subsets'));
  assert.equal(divided.length, 6);
  assert.match(divided[0]!, /^patient p0 is in different subsets: n\d+ \(\w+\), n\d+ \(\w+\); keep/);
  assert.is(divided[5], '4 more patients in different subsets, 9 in all');
});

test('a split that cannot be drawn is refused before anything is written', ({ dir }) => {
  putPairs(dir, 6);
  for (const [given, message] of [
    ['--split 4,0,2', 'split 4,0,2: 0 images for validation; it needs at least 1'],
    ['--split-by image', '--split-by image says how --split draws; give --split too, or leave it out'],
    [
      '--split 4,1,1 --split-by patient',
      'data: nothing is known of its patients; split by image, or add a patients.json',
    ],
  ] as const) {
    refused(dir, [...TRAIN, ...given.split(' ')], message);
  }
  put(dir, 'data/split.json', '{"train": ["n0", "n1"], "validation": ["n2"]}');
  const twice = '--split 4,1,1: data has a split.json, which takes precedence; leave --split out';
  refused(dir, [...TRAIN, '--split', '4,1,1'], twice);
  refused(dir, ['check', '--data', 'data', '--split', '4,1,1'], twice);
});

test('of the phantom, as many slices are drawn as asked for', ({ dir }) => {
  const phantom = ['train', '--filters', '2,4', '--size', '32', '--epochs', '1', '--out', 'run'];
  json(dir, [...phantom, '--split', '5,2,1']);
  assert.equal(
    Object.values(splitOf(dir)).map(({ length }) => length),
    [5, 2, 1],
  );
  const patients = '--split-by patient: the phantom has no patients; leave it out';
  refused(dir, ['train', '--split', '80%,10%,10%', '--split-by', 'patient'], patients);
});

test('a run that is resumed keeps its split, and refuses another', ({ dir }) => {
  putPatients(dir);
  const { stderr } = unetpp(dir, [...TRAIN, '--split', '7,3,0', '--split-by', 'image']);
  assert.match(stderr, '\nsplit     7,3,0 by image: 7, 3 and 0 images, some patients in several of these\n');
  const split = splitOf(dir);
  const resume = ['train', '--resume', 'run'];
  const begun = 'but the run in run was started';
  refused(
    dir,
    [...resume, '--split', '50%,50%,0%'],
    `--split is 50%,50%,0%, ${begun} with 7,3,0; leave it out, or start a new run`,
  );
  refused(
    dir,
    [...resume, '--split-by', 'patient'],
    `--split-by is patient, ${begun} with image; leave it out, or start a new run`,
  );
  assert.is(json(dir, [...resume, '--epochs', '2', '--split', '7,3,0']).epochs, 2);
  assert.equal(splitOf(dir), split);
});

test.run();
