/**
 * What a command takes as a user meets it: `node shell.mjs` starts `predict` of one image beside an empty program, in
 * turns, and trains an epoch of one step for its peak of memory.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine, describe } from '../../dist/bench/engine.js';
import { table } from '../../dist/bench/table.js';
import { median } from '../../dist/src/base/statistics.js';
import { createBackend, createModel, encodePng, prune } from '../../dist/src/index.js';

const CLI = fileURLToPath(new URL('../../dist/cli/unetpp.js', import.meta.url));
const ROUNDS = 9;
const SIDE = 128;
const BATCH = 64;

const folder = mkdtempSync(join(tmpdir(), 'unetpp-shell-'));
const run = (...args) => execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
const timeOf = (...args) => {
  const started = performance.now();
  run(...args);
  return performance.now() - started;
};

try {
  console.log(`## From the shell\n\n${describe(await createEngine({ threads: 1 }))}\n`);
  console.log(table([`predict of ${SIDE}x${SIDE}`, 'ms', 'an empty program', 'above it'], await coldStarts()));
  const peak = peakOfTraining() / 1e6;
  console.log(
    `\nA training step of ${BATCH} images, widths 32..512, on one worker, checkpoint included, peaks at ${peak.toFixed(0)} MB resident.`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

async function coldStarts() {
  const image = join(folder, 'image.png');
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, k) => (k * 37) % 251);
  writeFileSync(image, encodePng({ width: SIDE, height: SIDE, channels: 1, data }));
  const model = createModel({}, { backend: createBackend() });
  const models = { 'L1 alone, widths 32, 64': prune(model, 1), 'L1 of a file of widths 32..512': model };
  const rows = [];
  for (const [name, saved] of Object.entries(models)) {
    const file = join(folder, 'model.safetensors');
    await saved.save(file);
    const turns = [];
    for (let round = 0; round < ROUNDS; round++) {
      const out = join(folder, `out${rows.length}-${round}`);
      const predict = [CLI, 'predict', '--model', file, '--input', image, '--out', out, '--mode', 'L1', '--quiet'];
      turns.push({ ms: timeOf(...predict), empty: timeOf('-e', '0') });
    }
    const of = (value) => median(turns.map(value));
    rows.push([name, of(({ ms }) => ms), of(({ empty }) => empty), of(({ ms, empty }) => ms - empty)]);
    rmSync(file);
  }
  return rows;
}

/** The largest resident size in bytes, which the process itself tells when it ends. */
function peakOfTraining() {
  const peak = join(folder, 'peak.txt');
  const told = `import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));`;
  const network = ['--plan', 'off', '--filters', '32,64,128,256,512', '--size', SIDE, '--workers', '1'];
  const steps = ['--split', `${BATCH},8,0`, '--batch', BATCH, '--epochs', '1', '--out', join(folder, 'run'), '--quiet'];
  run(
    '--import',
    `data:text/javascript,${encodeURIComponent(told)}`,
    CLI,
    'train',
    ...[...network, ...steps].map(String),
  );
  return 1024 * Number(readFileSync(peak, 'utf8'));
}
