/**
 * `npm run volumes -- --image ch2.nii.gz --brain ch2bet.nii.gz [--out DIR] [--epochs N]`:
 * a NIfTI volume from file to file. The head and the brain alone are cut along the head's axis into six slabs, each a NIfTI
 * file that lies where it lay, as a split needs several volumes. The command line trains on them, without and with
 * neighbouring slices, evaluates, and writes the mask of the test volume as NIfTI. This mask must have the shape and the
 * affine map of its image, and against the mask of the data folder the Dice that `evaluate` has found. It prints Markdown;
 * exit code 1 where something differs.
 *
 * The files of the example are Colin27, from Debian's package mricron-data.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { openImage } from '../dist/src/core.js';
import { resultsAs } from '../dist/src/formats/results.js';
import { openFile } from '../dist/src/platform/node/files/read.js';
import { unetpp } from './unetpp.js';

const SLABS = 6;
const MARK = 'unetpp volume example';

const NETWORK = ['--plane', 'axial', '--size', '128', '--filters', '8,16,32,64,128', '--norm', 'group'];
const TRAINING = ['--split', '60%,20%,20%', '--batch', '8', '--lr', '2e-3', '--schedule', 'cosine', '--seed', '1'];
const SUBSETS = ['train', 'validation', 'test'];

const { values } = parseArgs({
  options: {
    image: { type: 'string' },
    brain: { type: 'string' },
    out: { type: 'string' },
    epochs: { type: 'string', default: '8' },
  },
});
if (values.image === undefined || values.brain === undefined) {
  console.error('npm run volumes -- --image HEAD.nii.gz --brain BRAIN.nii.gz [--out DIR] [--epochs N]');
  process.exit(2);
}
const out = values.out ?? mkdtempSync(join(tmpdir(), 'unetpp-volumes-'));
try {
  const data = join(out, 'data');
  const slabs = await putSlabs(data);
  const options = [...NETWORK, ...TRAINING, '--epochs', values.epochs];
  const results = [];
  for (const neighbours of [0, 1]) results.push(await example(data, neighbours, options));
  printTable(slabs, results, options);
  process.exitCode = results.every(({ isSame }) => isSame) ? 0 : 1;
} finally {
  if (values.out === undefined) rmSync(out, { recursive: true });
}

/** Writes the data folder. A voxel is of the mask where the brain alone is not 0. */
async function putSlabs(data) {
  const [head, brain] = await Promise.all([openVolume(values.image), openVolume(values.brain)]);
  const [there, here] = [placeOf(brain), placeOf(head)];
  if (!isDeepStrictEqual(there, here)) {
    console.error(`${values.brain}: does not lie over ${values.image}: ${JSON.stringify([there, here])}`);
    process.exit(2);
  }
  for (const kind of ['images', 'masks']) mkdirSync(join(data, kind), { recursive: true });
  return Promise.all(
    Array.from({ length: SLABS }, async (_, k) => {
      const [from, to] = [k, k + 1].map((part) => Math.round((part * head.header.slices) / SLABS));
      const name = `slab-${k + 1}`;
      await putSlab(head, from, to, join(data, 'images', name), (image) => image);
      await putSlab(brain, from, to, join(data, 'masks', name), (image) => {
        return { ...image, data: Uint8Array.from(image.data, (value) => (value > 0 ? 1 : 0)) };
      });
      return { name, from, to };
    }),
  );
}

/** Writes the slices from one to before another as a volume: the first one is as many steps from the first of the whole. */
async function putSlab({ header, read }, from, to, path, change) {
  const affine = header.affine.map((row) => [...row.slice(0, 3), row[3] + from * row[2]]);
  const { encode, extension } = resultsAs('nifti', { ...header, slices: to - from, affine }, path);
  const slices = [];
  for (let z = from; z < to; z++) slices.push(change(await read(z)));
  writeFileSync(`${path}${extension}`, await encode(slices, { classNames: [], mark: MARK }));
}

/** Trains, evaluates, predicts the test volume, and compares what was written with what was said of it. */
async function example(data, neighbours, options) {
  const home = join(out, `neighbours-${neighbours}`);
  const { seconds } = unetpp('train', '--data', data, '--out', home, ...options, '--neighbours', `${neighbours}`);
  const model = ['--model', join(home, 'model.safetensors')];
  const scores = SUBSETS.flatMap((subset) => {
    const { patients, pooledDice } = unetpp('evaluate', ...model, '--data', data, '--subset', subset);
    return patients.perPatient.map((of) => ({ ...of, subset, pooledDice }));
  });
  const [test, ...others] = scores.filter(({ subset }) => subset === 'test');
  if (others.length > 0) throw new Error(`the split has ${1 + others.length} test volumes, expected one`);
  const file = `${test.patient}.nii.gz`;
  const masks = join(home, 'masks');
  unetpp('predict', ...model, '--input', join(data, 'images', file), '--out', masks, '--force');
  const [image, mask, written] = await Promise.all(
    [join(data, 'images', file), join(data, 'masks', file), join(masks, file)].map(openVolume),
  );
  const found = await diceOf(written, mask);
  const isSame =
    isDeepStrictEqual(placeOf(written), placeOf(image)) &&
    found.volume === test.pooledDice &&
    Math.abs(found.slices - test.dice) < 1e-12;
  return { neighbours, seconds, scores, test, found, isSame };
}

/** The Dice of all voxels together, and the mean of those of the slices; that of two empty masks is 1. */
async function diceOf(written, mask) {
  const dice = ({ both, sum }) => (sum === 0 ? 1 : (2 * both) / sum);
  const counts = [];
  for (let z = 0; z < mask.header.slices; z++) {
    const [a, b] = await Promise.all([written.read(z), mask.read(z)]);
    let [both, sum] = [0, 0];
    for (const [k, value] of a.data.entries()) {
      sum += value + b.data[k];
      both += value * b.data[k];
    }
    counts.push({ both, sum });
  }
  const total = (key) => counts.reduce((sum, count) => sum + count[key], 0);
  return {
    volume: dice({ both: total('both'), sum: total('sum') }),
    slices: counts.reduce((sum, count) => sum + dice(count), 0) / counts.length,
  };
}

function printTable(slabs, results, options) {
  console.log('| volume | slices of the head | subset | Dice | with a neighbour on both sides |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const { name, from, to } of slabs) {
    const [score, other] = results.map(({ scores }) => scores.find(({ patient }) => patient === name));
    console.log(
      `| ${name} | ${from + 1} to ${to} | ${score.subset} | ${score.dice.toFixed(4)} | ${other.dice.toFixed(4)} |`,
    );
  }
  console.log(`\nTrained by \`train ${options.join(' ')}\`.`);
  for (const { neighbours, seconds, test, found, isSame } of results) {
    const said = `${test.dice.toFixed(6)} as the mean of its slices and ${test.pooledDice.toFixed(6)} of all voxels`;
    const says = `${found.slices.toFixed(6)} and ${found.volume.toFixed(6)}`;
    console.log(
      `\n\`--neighbours ${neighbours}\`, trained in ${seconds.toFixed(0)} s: of ${test.patient}, evaluate says Dice ${said}; the file that predict has written has ${says}. Shape, affine map and Dice ${isSame ? 'are the same' : 'DIFFER'}.`,
    );
  }
  const date = new Date().toISOString().slice(0, 10);
  console.log(`\n${date}, ${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.versions.node}.`);
}

/** The shape of a volume and where it lies. */
function placeOf({ header: { width, height, slices, affine } }) {
  return { width, height, slices, affine };
}

async function openVolume(path) {
  return openImage(await openFile(path), { plane: 'axial' });
}
