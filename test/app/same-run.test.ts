/** A run resumes with the options and images that its checkpoint was made with; all else is refused by its name. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { settleBackend } from '../../src/app/backend.js';
import { completeOptions, type TrainCommandOptions } from '../../src/app/options/train-options.js';
import { findCheckpoint } from '../../src/app/runs/resume.js';
import { storedOptions, toRunConfig } from '../../src/app/runs/run-config.js';
import { loadJob, planTraining, type TrainingJob } from '../../src/app/training/job.js';
import { trainInFolder } from '../../src/app/training/train-in-folder.js';
import { openData } from '../../src/app/training/training-data.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { decodePng } from '../../src/formats/png/png.js';
import { CheckpointFiles } from '../../src/runs/checkpoint-files.js';
import { RunFolder } from '../../src/runs/run-folder.js';
import { disc, put, putPairs, suiteInFolder } from '../support/cli/cli.js';
import { metricsOf } from '../support/cli/runs.js';
import { rejection } from '../support/throws.js';
import { withOldNames } from '../support/training/old-names.js';

const test = suiteInFolder('same run');
const ADVICE = 'restore the file from a copy, or start a new run';

const nobody = {};
const never = new AbortController().signal;

/** Holds `data`, and a run of 2 epochs in `run`; each test gets a copy. */
let made = '';

async function prepareJob(options: TrainCommandOptions): Promise<TrainingJob> {
  const planned = await planTraining(await settleBackend(options, nobody), await openData(options));
  return (await loadJob(planned, nobody, never))!;
}

test.before(async () => {
  made = mkdtempSync(join(tmpdir(), 'unetpp-made-'));
  putPairs(made, 5);
  const shape = { data: join(made, 'data'), filters: [2, 2], size: 16 };
  const job = await prepareJob(completeOptions({ ...shape, epochs: 2, batch: 2, emaDecay: 0.5, workers: 1 }));
  const folder = await RunFolder.create(join(made, 'run'), toRunConfig(job));
  await trainInFolder(folder, job, nobody, never);
  await folder.close();
});
test.after(() => rmSync(made, { recursive: true }));
test.before.each(({ dir }) => cpSync(made, dir, { recursive: true }));

/** Resumes the run as `train --resume` does. @returns the reports, old and new, and the warnings */
async function goOn(dir: string, given: Partial<TrainCommandOptions> = {}) {
  const folder = await RunFolder.open(join(dir, 'run'));
  const told: string[] = [];
  try {
    const options = { ...storedOptions(folder), data: join(dir, 'data'), ...given };
    const job = await prepareJob(options);
    const resume = await findCheckpoint(folder, job, (line) => told.push(line));
    await folder.change(toRunConfig(job));
    const { epochs } = await trainInFolder(folder, { ...job, ...(resume && { resume }) }, nobody, never);
    return { reports: epochs, told };
  } finally {
    await folder.close();
  }
}

/** Edits config.json by hand; undefined removes an option. */
function edit(dir: string, changes: Readonly<Record<string, unknown>>): void {
  const file = join(dir, 'run/config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }));
}

const bytesOf = (dir: string, name: string) => readFileSync(join(dir, name));

test('as it was, it goes on, may be extended and extended again, and says nothing', async ({ dir }) => {
  assert.equal((await goOn(dir)).told, []);
  for (const epochs of [3, 4]) {
    const { reports, told } = await goOn(dir, { epochs, checkpointSteps: 1 });
    assert.equal([reports.length, told], [epochs, []]);
  }
});

test('a config.json that was edited is refused by the name of the option, with both values', async ({ dir }) => {
  const file = join(dir, 'run/config.json');
  const refused = async (changes: Readonly<Record<string, unknown>>, what: string) => {
    cpSync(join(made, 'run/config.json'), file);
    edit(dir, changes);
    const message = await rejection(goOn(dir));
    assert.is(message, `${file}: ${what}; restore the file, or start a new run`);
  };
  await refused({ learningRate: 0.01 }, 'learningRate is 0.01, but the checkpoint was made with 0.0003');
  await refused({ filters: [2, 3] }, 'filters is [2,3], but the checkpoint was made with [2,2]');
  await refused({ seed: 2 }, 'seed is 2, but the checkpoint was made with 1');
  await refused({ size: 32 }, 'size is 32, but the checkpoint was made with 16');
  await refused({ augment: 'flip' }, 'augment is "flip", but the checkpoint was made with "none"');
  await refused({ deepSupervision: false }, 'deepSupervision is false, but the checkpoint was made with true');
  await refused({ maxGradientNorm: 1 }, 'maxGradientNorm is 1, but the checkpoint was made without it');
  await refused({ emaDecay: undefined }, 'emaDecay is missing, but the checkpoint was made with 0.5');
  await refused({ epochs: 1 }, 'epochs is 1, but the checkpoint was made with 2');
});

test('what changes no number may be edited, and the epochs raised', async ({ dir }) => {
  edit(dir, { epochs: 3, workers: 'auto', checkpointSteps: 7, test: false });
  const { reports, told } = await goOn(dir);
  assert.equal([reports.length, told], [3, []]);
});

test('another backend may go on with it, and the difference is told', async ({ dir }) => {
  const path = join(dir, 'run');
  const folder = await RunFolder.open(path);
  const told: string[] = [];
  try {
    const options = { ...storedOptions(folder), data: join(dir, 'data') };
    for (const backend of ['wasm', 'reference'] as const) {
      const job = await prepareJob({ ...options, backend });
      assert.ok(await findCheckpoint(folder, job, (line) => told.push(line)));
    }
  } finally {
    await folder.close();
  }
  const bits = 'the last bits of the weights will be those of neither alone';
  assert.equal(told, [`${path}: begun on the backend wasm, resumed on reference; ${bits}`]);
});

test('an image or a mask that was replaced under its name is refused by this name', async ({ dir }) => {
  const data = join(dir, 'data');
  const message = (name: string, others = '') =>
    `${data}: image "${name}" or its mask is not the one that the run in ${join(dir, 'run')} was started on${others}; restore it, or start a new run`;
  const { split } = JSON.parse(bytesOf(dir, 'run/config.json').toString());
  const [train, validation] = [split.train[1], split.validation[0]];
  // The mask alone, its size as it was, and then another image with its mask.
  const { width, height } = decodePng(bytesOf(dir, `data/masks/${train}.png`), 'mask');
  const empty = encodePng({ width, height, channels: 1, data: new Uint8Array(width * height) });
  put(dir, `data/masks/${train}.png`, empty);
  assert.is(await rejection(goOn(dir)), message(train));
  put(dir, `data/images/${validation}.png`, disc(33, 44));
  put(dir, `data/masks/${validation}.png`, disc(33, 44, true));
  assert.is(await rejection(goOn(dir)), message(train, ' (one of 2 such images)'));
  cpSync(join(made, 'data'), data, { recursive: true });
  // In another order, in both places that name the images.
  const train2 = [split.train[1], split.train[0], ...split.train.slice(2)];
  edit(dir, { split: { ...split, train: train2 } });
  put(dir, 'data/split.json', JSON.stringify({ train: train2, validation: split.validation }));
  assert.is(await rejection(goOn(dir)), message(train, ' (one of 2 such images)'));
  // And one fewer, too.
  edit(dir, { split: { ...split, train: split.train.slice(0, -1) } });
  put(dir, 'data/split.json', JSON.stringify({ train: split.train.slice(0, -1), validation: split.validation }));
  assert.is(
    await rejection(goOn(dir)),
    `${data}: its train images are not those that the run in ${join(dir, 'run')} was started on (3 now, 4 then); restore them, or start a new run`,
  );
});

test('a folder that was copied between two writes goes on to the same files', async ({ dir }) => {
  const run = join(dir, 'run');
  const lines = bytesOf(dir, 'run/metrics.jsonl').toString().split('\n');
  writeFileSync(join(run, 'metrics.jsonl'), `${lines[0]}\n`);
  rmSync(join(run, 'model.safetensors'));
  const { reports, told } = await goOn(dir);
  assert.is(reports.length, 2);
  assert.equal(told, [`${join(run, 'metrics.jsonl')}: line 2 is missing; restored from the checkpoint`]);
  for (const name of ['run/metrics.jsonl', 'run/model.safetensors']) {
    assert.ok(bytesOf(dir, name).equals(bytesOf(made, name)), name);
  }
});

test('a checkpoint of 0.1.0 has none of this: it goes on, and says so', async ({ dir }) => {
  const files = new CheckpointFiles(join(dir, 'run'));
  const { state, tensors } = (await files.read())!.checkpoint;
  await files.write({ state, tensors });
  const { reports, told } = await goOn(dir, { epochs: 3 });
  const unchecked = 'its checkpoint does not say with which options and images it was made; resuming unchecked';
  assert.equal([reports.length, told], [3, [`${join(dir, 'run')}: ${unchecked}`]]);
  assert.equal((await goOn(dir, { epochs: 4 })).told, [], 'the checkpoints that follow say it');
  assert.is(metricsOf(join(dir, 'run')).length, 4);
});

test('a run with the names of 0.1.0, in config.json and in its checkpoint, goes on, and is written with those of now', async ({
  dir,
}) => {
  const [file, files] = [join(dir, 'run/config.json'), new CheckpointFiles(join(dir, 'run'))];
  const { run, ...checkpoint } = (await files.read())!.checkpoint;
  const config = JSON.parse(bytesOf(dir, 'run/config.json').toString());
  writeFileSync(file, JSON.stringify(withOldNames(config)));
  await files.write({ ...checkpoint, run: { ...run!, options: withOldNames(run!.options) } });
  edit(dir, { lr: 0.01 });
  const advice = 'restore the file, or start a new run';
  const message = `${file}: learningRate is 0.01, but the checkpoint was made with 0.0003; ${advice}`;
  assert.is(await rejection(goOn(dir)), message);
  edit(dir, { lr: 0.0003 });
  const { reports, told } = await goOn(dir, { epochs: 3 });
  assert.equal([reports.length, told], [3, []]);
  assert.equal(JSON.parse(bytesOf(dir, 'run/config.json').toString()), {
    ...config,
    epochs: 3,
    data: join(dir, 'data'),
  });
  assert.equal((await files.read())!.checkpoint.run!.options, { ...run!.options, epochs: 3, data: join(dir, 'data') });
});

test('every option in config.json has its type, or is named with what it is and what is expected', async ({ dir }) => {
  const file = join(dir, 'run/config.json');
  const refused = async (changes: Readonly<Record<string, unknown>>, what: string) => {
    cpSync(join(made, 'run/config.json'), file);
    edit(dir, changes);
    assert.is(await rejection(goOn(dir)), `${file}: ${what}; ${ADVICE}`);
  };
  await refused({ learningRate: 'fast' }, 'learningRate is "fast", expected a number above 0');
  await refused({ learningRate: '0.0003' }, 'learningRate is "0.0003", expected 0.0003');
  await refused({ learningRate: undefined }, 'learningRate is missing, expected a number above 0');
  const list = 'whole numbers with commas between them, like 16,32,64';
  await refused({ filters: 'a\nb' }, `filters is "a\\nb", expected ${list}`);
  await refused({ epochs: 2.5 }, 'epochs is 2.5, expected a whole number from 1 to 1000000000');
  await refused({ filters: 4 }, 'filters is 4, expected [4]');
  await refused({ deepSupervision: 'no' }, 'deepSupervision is "no", expected true or false');
  await refused({ norm: 1 }, 'norm is 1, expected one of none, batch, instance, group');
  await refused({ data: '' }, 'data is "", expected a path');
  await refused({ split: { train: 5 } }, 'split.train is 5, expected a list');
  await refused({ split: null }, 'split is null, expected an object');
  const config = JSON.parse(bytesOf(made, 'run/config.json').toString());
  for (const name of Object.keys(config)) {
    // A network that is derived from the options, and a folder that is not.
    if (name === 'config' || name === 'data') continue;
    for (const wrong of [{}, [[]], -1.5, '\u0000']) {
      cpSync(join(made, 'run/config.json'), file);
      edit(dir, { [name]: wrong });
      const message = await rejection(goOn(dir));
      assert.ok(message.includes(name) || message.includes('augment'), `${name}: ${message}`);
    }
  }
});

test.run();
