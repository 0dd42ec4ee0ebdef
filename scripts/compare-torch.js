/**
 * `npm run compare:torch`: exports networks of every kind as `export --format torch` does, lets PyTorch predict an
 * image by the Python in the export, and compares its probabilities with those of this library. It needs Python with
 * torch, safetensors, numpy and pillow; PYTHON names another interpreter than python3.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { exportFile } from '../dist/src/app/export/export-file.js';
import { createModel, fold, loadModel, Random, seedKey } from '../dist/src/index.js';

/** The largest difference of a probability that passes. */
const TOLERANCE = 1e-5;

/** Networks with their preprocessing, the mode that is exported, and the size of the image. */
const CASES = [
  { config: {}, size: [48, 32] },
  { config: {}, size: [37, 53] },
  { config: {}, mode: 'L2', size: [37, 53] },
  { config: { deepSupervision: false }, size: [37, 53] },
  { config: { skips: 'adjacent' }, size: [37, 53] },
  { config: { skips: 'original' }, size: [37, 53] },
  { config: { skips: 'original', deepSupervision: false }, size: [37, 53] },
  { config: { norm: 'batch' }, size: [37, 53] },
  { config: { norm: 'instance' }, size: [37, 53] },
  { config: { norm: 'group', filters: [6, 10, 12, 16, 20] }, size: [37, 53] },
  { config: { upsample: 'nearest' }, size: [37, 53] },
  { config: { upsample: 'bilinear' }, size: [37, 53] },
  { config: { upsample: 'bilinear-align-corners', norm: 'batch' }, size: [37, 53] },
  { config: { classes: 4 }, size: [37, 53] },
  { config: { inChannels: 3 }, size: [37, 53] },
  { config: { inChannels: 5 }, size: [37, 53] },
  { config: { filters: [3, 5] }, size: [5, 1] },
  { config: {}, size: [1, 1] },
  { config: {}, size: [37, 53], preprocessing: { normalisation: 'range', size: 32 } },
  { config: {}, size: [37, 53], preprocessing: { normalisation: 'percentile', size: 40 } },
  { config: {}, size: [37, 53], preprocessing: { normalisation: 'zscore', size: 64, fit: 'pad' } },
  { config: {}, size: [20, 90], preprocessing: { normalisation: 'range', size: 33, fit: 'pad' } },
  { config: {}, size: [37, 53], preprocessing: { normalisation: 'window:100,120' } },
  { config: {}, size: [37, 53], channels: 3 },
  { config: { inChannels: 3 }, size: [37, 53], channels: 1 },
];

const folder = mkdtempSync(join(tmpdir(), 'unetpp-torch-'));
try {
  const exported = [];
  for (const [k, one] of CASES.entries()) exported.push(await prepare(one, join(folder, `${k}`)));
  const python = spawnSync(process.env.PYTHON ?? 'python3', [
    fileURLToPath(new URL('compare-torch.py', import.meta.url)),
    ...exported.map(({ out }) => out),
  ]);
  if (python.status !== 0) throw new Error(python.stderr.toString());
  const differences = exported.map((one) => compare(one));
  console.log(
    `largest of ${CASES.length}: ${Math.max(...differences).toExponential(1)}, PyTorch ${python.stdout.toString().trim()}`,
  );
  process.exitCode = Math.max(...differences) <= TOLERANCE ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Exports a network with random weights, and what this library says of an image. */
async function prepare({ config, preprocessing, mode = 'accurate', size: [width, height], channels }, out) {
  const random = new Random(fold(seedKey(7), out.at(-1)));
  const model = createModel({ filters: [4, 8, 12, 16, 20], ...config }, { seed: 3 });
  for (const { name, kind } of model.parameters.list) {
    const storage = model.parameters.get(name);
    const values = [...(await storage.read())];
    const drawn = () => random.word() / 2 ** 32;
    // Statistics and norms that do something, and heads that answer with more than halves.
    if (kind === 'runningVariance' || kind === 'gamma') storage.write(values.map(() => 0.5 + drawn()));
    if (kind === 'runningMean' || kind === 'bias' || kind === 'beta') storage.write(values.map(() => drawn() - 0.5));
    if (name.startsWith('final')) storage.write(values.map((value) => 2 * value));
  }
  model.parameters.weightsChanged();
  if (preprocessing) model.adopt({ ...model.card, preprocessing });
  const file = `${out}.safetensors`;
  await model.save(file);
  await exportFile({ model: file, format: 'torch', out, mode });
  const count = channels ?? model.config.inChannels;
  const data = Uint8Array.from({ length: width * height * count }, (_, k) => 60 + (k % 97) + random.integer(99));
  writeFileSync(join(out, 'image.json'), JSON.stringify({ shape: [height, width, count], dtype: 'uint8' }));
  writeFileSync(join(out, 'image.bin'), data);
  const loaded = await loadModel(file, { threads: 1 });
  const prediction = await loaded.predict({ width, height, channels: count, data }, { mode });
  loaded.backend.close();
  return {
    out,
    prediction,
    text: JSON.stringify({ ...config, ...preprocessing, mode, width, height, channels: count }),
  };
}

function compare({ out, prediction: { width, height, classes, probs }, text }) {
  const theirs = new Float32Array(new Uint8Array(readFileSync(join(out, 'probs.bin'))).buffer);
  if (theirs.length !== probs.length) throw new Error(`${text}: ${theirs.length} probabilities, not ${probs.length}`);
  let largest = 0;
  for (let k = 0; k < probs.length; k++) {
    const [pixel, c] = [Math.floor(k / classes), k % classes];
    largest = Math.max(largest, Math.abs(probs[k] - theirs[c * width * height + pixel]));
  }
  console.log(`${largest.toExponential(1)}  ${text}`);
  return largest;
}
