/** What goes wrong around a training, its data, its folder, its disk: one line, and the last checkpoint as it was. */
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  createBackend,
  createModel,
  openDataset,
  type TrainOptions,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import type { RunFolder } from '../../src/runs/run-folder.js';
import { inBegunRun, inNewRun } from '../../src/runs/run-session.js';
import type { Checkpoint } from '../../src/train/checkpoint/checkpoint.js';
import type { TrainProgress } from '../../src/train/options.js';
import {
  json,
  listing,
  putPairs,
  Running,
  refused,
  suiteInFolder,
  unetpp,
  unetppOnFullDisk,
} from '../support/cli/cli.js';
import { messageOf } from '../support/faults.js';

const test = suiteInFolder('cli faults');

const OPTIONS = ['--filters', '2,4,6', '--size', '16', '--lr', '0.01', '--batch', '4', '--micro-batch', '2'];
const TRAIN = ['train', '--data', 'data', ...OPTIONS, '--workers', '2', '--checkpoint-steps', '1', '--out', 'run'];
const RESUME = ['train', '--resume', 'run'];
const BEST = 'the best model so far is in run/model.safetensors';

/** Holds `data` and a run of 2 epochs in `run`; each test gets a copy. */
let made = '';
let weightsOfFour: unknown;

test.before(() => {
  made = mkdtempSync(join(tmpdir(), 'unetpp-made-'));
  putPairs(made, 10);
  weightsOfFour = json(made, [...TRAIN, '--epochs', '4']).weightsSha256;
  rmSync(join(made, 'run'), { recursive: true });
  json(made, [...TRAIN, '--epochs', '2']);
});
test.after(() => rmSync(made, { recursive: true }));
test.before.each(({ dir }) => cpSync(made, dir, { recursive: true, preserveTimestamps: true }));

const filesOf = (run: string) => new Map(listing(run).map((name) => [name, readFileSync(join(run, name), 'base64')]));

function assertGoesOn(dir: string): void {
  assert.is(json(dir, [...RESUME, '--epochs', '4']).weightsSha256, weightsOfFour);
}

test('a disk that is full while a checkpoint is written', ({ dir }) => {
  const before = filesOf(join(dir, 'run'));
  // Only the checkpoint is larger than 8 KB among the files that are written.
  const { code, stdout, stderr } = unetppOnFullDisk(dir, 8, [...RESUME, '--epochs', '4', '--quiet']);
  assert.equal([code, stdout], [2, '']);
  const full = 'the file is larger than the system allows; raise the limit (ulimit -f) or choose another place (EFBIG)';
  assert.is(stderr, `unetpp: run/checkpoint.safetensors: cannot be written: ${full}; ${BEST}\n`);
  const after = filesOf(join(dir, 'run'));
  assert.equal([...after.keys()], [...before.keys()], 'no temporary file and no lock');
  for (const [name, bytes] of before) if (name !== 'config.json') assert.is(after.get(name), bytes, name);
  assertGoesOn(dir);
});

test('a run folder that is gone, and goes on where it was moved to', async ({ dir }) => {
  const running = new Running(dir, [...RESUME, '--epochs', '1000000']);
  await running.says('4/1000000');
  renameSync(join(dir, 'run'), join(dir, 'moved'));
  const { code, stdout, stderr } = await running.ended;
  assert.equal([code, stdout], [2, '']);
  const line = stderr.split('\n').filter((text) => text.startsWith('unetpp:'));
  assert.is(line.length, 1, stderr);
  assert.match(
    line[0]!,
    /^unetpp: run\/\S+: cannot be written: its folder does not exist; create the folder first \(ENOENT\)/,
  );
  assert.not.ok(listing(dir).includes('run'));
  const moved = json(dir, ['train', '--resume', 'moved', '--patience', '1']);
  assert.ok((moved.epochs as number) >= 4, 'nothing is lost');
  assert.not.ok(
    listing(join(dir, 'moved')).some((name) => name.startsWith('.')),
    'no lock, no temporary file',
  );
});

test('an image that was damaged since: named before anything is trained or written', ({ dir }) => {
  truncateSync(join(dir, 'data/images/n3.png'), 200);
  const before = filesOf(join(dir, 'run'));
  const { code, stdout, stderr } = unetpp(dir, [...RESUME, '--epochs', '4', '--quiet']);
  assert.equal([code, stdout], [2, '']);
  assert.match(stderr, /^unetpp: data\/images\/n3\.png: .*\n$/);
  assert.equal(filesOf(join(dir, 'run')), before);
  rmSync(join(dir, 'data/images/n3.png'));
  refused(dir, RESUME, 'data/masks/n3.png has no image: expected data/images/n3.png');
  cpSync(join(made, 'data/images/n3.png'), join(dir, 'data/images/n3.png'));
  assertGoesOn(dir);
});

for (const [what, harm, message] of [
  ['vanishes', (path: string) => rmSync(path), 'cannot be read: there is no such file; check the path \\(ENOENT\\)'],
  ['is cut short', (path: string) => truncateSync(path, 200), '.*'],
] as const) {
  test(`an image that ${what} in the middle of a training`, async ({ dir }) => {
    // The command reads an image a second time only where they need more than its cache of 512 MB; this has none.
    const image = join(dir, 'data/images/n3.png');
    const train = async (folder: RunFolder, options: TrainOptions) => {
      const dataset = await openDataset(join(dir, 'data'), { size: 16, seed: 1, cacheBytes: 0 });
      const model = createModel({ filters: [2, 4] }, { backend: createBackend() });
      const onCheckpoint = (checkpoint: Checkpoint) => folder.writeCheckpoint(checkpoint);
      const settings = { epochs: 4, batch: 4, microBatch: 2, checkpointEvery: { steps: 1 }, onCheckpoint, ...options };
      const observers = [folder.recorder(model)];
      for await (const _ of trainModel(model, dataset, { ...settings, observers }));
      return weightsSha256(model);
    };
    const path = join(dir, 'faulty');
    const onProgress = ({ epoch }: TrainProgress) => {
      if (epoch === 2 && existsSync(image)) harm(image);
    };
    const failing = inNewRun(path, {}, async (folder) => void (await train(folder, { onProgress })));
    const line = `^${image}: ${message}; the best model so far is in ${path}/model.safetensors$`;
    assert.match(await messageOf(failing), new RegExp(line));

    const left = ['checkpoint-previous.safetensors', 'checkpoint.safetensors', 'config.json', 'metrics.jsonl'];
    assert.equal(listing(path), [...left, 'model.safetensors']);
    cpSync(join(made, 'data/images/n3.png'), image);
    const weights: string[] = [];
    await inNewRun(join(dir, 'whole'), {}, async (folder) => void weights.push(await train(folder, {})));
    const prepare = async (folder: RunFolder) => {
      await folder.keepMetrics(1);
      return (await folder.readCheckpoint())!.checkpoint;
    };
    await inBegunRun(path, prepare, async (folder, resume) => void weights.push(await train(folder, { resume })));
    assert.is(weights[1], weights[0]);
  });
}

test.run();
