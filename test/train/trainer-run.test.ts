/** The folder of a run: what is written, and when. */
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createBackend,
  createModel,
  loadModel,
  type TrainOptions,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { RunFolder } from '../../src/runs/run-folder.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/train/checkpoint/checkpoint.js';
import { begunEpoch } from '../../src/train/checkpoint/resume.js';
import { squares } from '../support/training/squares.js';

test('each epoch is written down, and the model where it is the best', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'unetpp-run-'));
  const path = join(parent, 'runs', 'squares');
  const folder = await RunFolder.create(path, { epochs: 4, filters: [4, 8] });
  assert.equal((await readdir(path)).sort(), ['.lock', 'config.json', 'metrics.jsonl']);
  const model = createModel({ filters: [4, 8] });
  const dices: number[] = [];
  const written: string[] = [];
  folder.watch({ artifact: (name) => void written.push(name) });
  const observers = [folder.recorder(model)];
  const best: string[] = [];
  for await (const report of trainModel(model, squares(), { epochs: 4, batch: 4, learningRate: 0.03, observers })) {
    if (report.best) best.push('model.safetensors');
    assert.equal(written, best, 'whoever watches is told of each file');
    dices.push(report.validation.dice);
    const stored = await loadModel(folder.model);
    assert.is((await weightsSha256(stored)) === (await weightsSha256(model)), report.best, `epoch ${report.epoch}`);
    assert.is((stored.card.training as { epoch: number }).epoch, report.bestEpoch);
  }
  assert.equal(JSON.parse(await readFile(join(path, 'config.json'), 'utf8')), { epochs: 4, filters: [4, 8] });
  const lines = (await readFile(join(path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  assert.equal(
    lines.map((line) => (JSON.parse(line) as { validation: { dice: number } }).validation.dice),
    dices,
  );
  await folder.close();
  assert.equal((await readdir(path)).sort(), ['config.json', 'metrics.jsonl', 'model.safetensors']);
  await rm(parent, { recursive: true });
});

/** The lines of steps.jsonl without their times. */
async function stepsIn(path: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(join(path, 'steps.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => ({ ...JSON.parse(line), seconds: 0 }));
}

test('steps are logged where that is asked for; a run that goes on has the lines of one that was never stopped', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'unetpp-run-'));
  const path = join(parent, 'run');
  const folder = await RunFolder.create(path, {});
  const train = async (options: TrainOptions) => {
    const model = createModel({ filters: [4, 8], norm: 'batch', deepSupervision: true }, { backend: createBackend() });
    const observers = [folder.recorder(model, 2)];
    for await (const _ of trainModel(model, squares(), { epochs: 3, batch: 6, observers, ...options }));
    return weightsSha256(model);
  };
  let middle: Checkpoint | undefined;
  const weights = await train({
    checkpointEvery: { steps: 1 },
    async onCheckpoint(checkpoint) {
      if (begunEpoch(checkpoint).epoch !== 2 || begunEpoch(checkpoint).steps !== 2) return;
      middle = await decodeCheckpoint(new Uint8Array(Buffer.concat(await encodeCheckpoint(checkpoint))), 'checkpoint');
    },
  });
  const steps = await stepsIn(path);
  assert.equal(
    steps.map(({ step, epoch }) => [step, epoch]),
    [
      [2, 1],
      [4, 2],
      [6, 2],
      [8, 3],
    ],
  );
  const fields = ['step', 'epoch', 'loss', 'heads', 'learningRate', 'gradientNorm', 'seconds'];
  for (const line of steps) assert.equal(Object.keys(line), fields);
  assert.ok(steps.every(({ gradientNorm }) => (gradientNorm as number) > 0));

  await appendFile(join(path, 'steps.jsonl'), '{"step":10,"epo');
  assert.is(await train({ resume: middle! }), weights);
  assert.equal(await stepsIn(path), steps);
  assert.is(await train({ observers: [] }), weights, 'watching changes no bit');
  await folder.close();
  await rm(parent, { recursive: true });
});

test.run();
