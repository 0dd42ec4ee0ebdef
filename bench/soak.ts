/**
 * `npm run soak`: whether a long training keeps its memory and leaves nothing behind. 2,000 steps of a small network with
 * two workers, a checkpoint written every 100. Ends with exit code 1 where the resident memory of the last tenth differs
 * from that of the second by more than 2 %; the first tenth is the start: threads, compiled code, the cache of images.
 *
 * V8 collects garbage when it sees fit, and at some moment doubles the space for young objects, by 16 MB in all; glibc
 * keeps a part of what was freed. That is no growth of the training, and would hide one. So package.json gives Node
 * `--max-semi-space-size=1` and glibc MALLOC_MMAP_THRESHOLD_, which has large blocks given back at once, and memory is read
 * after a full collection (`--expose-gc`).
 *
 * With `-- --backend webgpu` it is 1,000 steps of a smaller one on a GPU, whose own memory must stay as it is after
 * the second epoch; so it ends on a software driver, too.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median } from '../src/base/statistics.js';
import { augment, parseAugmentations } from '../src/data/augment/augment.js';
import { syntheticDataset } from '../src/data/phantom/phantom.js';
import { createBackend, createModel, trainModel, WebGpuBackend } from '../src/index.js';
import { CheckpointFiles } from '../src/runs/checkpoint-files.js';

const { backend: name } = parseArgs({ options: { backend: { type: 'string', default: 'wasm' } } }).values;
const STEPS = name === 'webgpu' ? 1000 : 2000;
const FILTERS = name === 'webgpu' ? [4, 8, 16] : [8, 16, 32, 64, 128, 256];
const EPOCHS = 20;
const BATCH = 4;
const STEPS_PER_READING = 20;
/** In percent. The memory of a software driver is that of this process, and goes up and down by 5 %. */
const LARGEST_DIFFERENCE = name === 'webgpu' ? 10 : 2;
/** The pipes of this process, which are not handles of the training. */
const OWN = /^(PipeWrap|TTYWrap)$/;

const { gc } = globalThis;
if (!gc) throw new Error('run it with `npm run soak`, which gives Node what it needs');

const folder = await mkdtemp(join(tmpdir(), 'unetpp-soak-'));
const backend = await createBackend(name === 'webgpu' ? 'webgpu' : 'wasm', { workers: 2 });
/** The resident bytes, read every so many steps. */
const resident: number[] = [];
/** The bytes allocated on the GPU after each epoch. */
const onGpu: number[] = [];
let checkpoints = 0;
const started = performance.now();
try {
  const files = new CheckpointFiles(folder);
  const model = createModel({ filters: FILTERS, norm: 'batch', dropout: 0.1 }, { backend, seed: 1 });
  const dataset = syntheticDataset({ size: 32, train: (STEPS / EPOCHS) * BATCH, validation: 8, seed: 1 });
  const epochs = trainModel(model, dataset, {
    epochs: EPOCHS,
    batch: BATCH,
    microBatch: 2,
    learningRate: 1e-3,
    schedule: 'cosine',
    maxGradientNorm: 1,
    emaDecay: 0.99,
    augment: (sample, key) => augment(sample, parseAugmentations('flip'), key),
    async onCheckpoint(checkpoint) {
      await files.write(checkpoint);
      checkpoints++;
    },
    onProgress({ phase, done }) {
      if (phase !== 'training' || done % (BATCH * STEPS_PER_READING) !== 0) return;
      gc();
      resident.push(process.memoryUsage.rss());
    },
  });
  for await (const { epoch } of epochs) {
    if (backend instanceof WebGpuBackend) onGpu.push(backend.bytes);
    if (epoch % (EPOCHS / 10) === 0) console.error(`epoch ${epoch}/${EPOCHS}: ${megabytes(resident.at(-1)!)}`);
  }
} finally {
  backend.close();
  await rm(folder, { recursive: true });
}

const tenth = resident.length / 10;
const [second, last] = [resident.slice(tenth, 2 * tenth), resident.slice(-tenth)].map(median) as [number, number];
const difference = (100 * (last - second)) / second;
// Threads end a moment after the request.
await setTimeout(1000);
const handles = process.getActiveResourcesInfo().filter((name) => !OWN.test(name));
const seconds = (performance.now() - started) / 1000;
console.log(`steps        ${STEPS}, ${checkpoints} checkpoints, ${seconds.toFixed(0)} s`);
console.log(`second tenth ${megabytes(second)}`);
console.log(`last tenth   ${megabytes(last)}`);
console.log(`difference   ${difference.toFixed(2)} %`);
if (onGpu.length > 0) console.log(`GPU memory   ${megabytes(onGpu[1]!)}, then ${megabytes(onGpu.at(-1)!)}`);
console.log(`handles      ${handles.join(', ') || 'none'}`);
const grown = Math.abs(difference) > LARGEST_DIFFERENCE || onGpu.at(-1) !== onGpu[1];
if (grown || handles.length > 0) process.exitCode = 1;

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
