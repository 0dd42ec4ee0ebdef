/** A training and a study started from code: what the observer is told, what comes back, and that nothing is printed. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { StudyOptions } from '../../src/app/options/study-options.js';
import { completeOptions, type TrainCommandOptions } from '../../src/app/options/train-options.js';
import { runStudy, type StudyObserver } from '../../src/app/study/run-study.js';
import { resumeTraining, startTraining } from '../../src/app/training/start-training.js';
import { InputError } from '../../src/base/errors.js';
import { listing, putPairs, suiteInFolder } from '../support/cli/cli.js';
import { messageOf } from '../support/faults.js';

const test = suiteInFolder('start training');
const forever = new AbortController().signal;

function optionsFor(dir: string): TrainCommandOptions {
  const small = { filters: [2, 2], size: 16, epochs: 2, batch: 2, workers: 1, out: join(dir, 'run') };
  return completeOptions({ data: join(dir, 'data'), ...small });
}

/** Takes note of what it is told, repetitions left out, and of the files. */
function recorder() {
  const told: string[] = [];
  const files = new Set<string>();
  const note = (what: string) => {
    if (told.at(-1) !== what) told.push(what);
  };
  const observer: StudyObserver = {
    progress: ({ phase, epoch }) => note(epoch ? `${phase} ${epoch.number}/${epoch.of}` : phase),
    remark: ({ kind }) => note(kind),
    open: (_plan, _folder, done) => note(`open, ${done} done`),
    run: ({ name, number, of }) => note(`run ${name} ${number}/${of}`),
    ready: ({ options }) => note(`ready for ${options.epochs}`),
    begin: ({ epoch }) => note(`begin ${epoch}`),
    epoch: ({ epoch }) => note(`epoch ${epoch}`),
    artifact: (name) => void files.add(name),
    end: (failure) => note(failure ? `end by ${failure}` : 'end'),
    result: ({ epochs }) => note(`result of ${epochs}`),
  };
  return { told, files, observer };
}

/** What `work` writes to stdout and stderr. */
async function printedBy(work: () => Promise<unknown>): Promise<string> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  let printed = '';
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array) => {
      printed += text;
      return true;
    };
  }
  try {
    await work();
  } finally {
    streams.forEach((stream, k) => {
      stream.write = writes[k]!;
    });
  }
  return printed;
}

test('a training tells its phases in order, prints nothing, and gives its result', async ({ dir }) => {
  putPairs(dir, 5);
  const { told, files, observer } = recorder();
  const printed = await printedBy(async () => {
    const { result, tested } = await startTraining(optionsFor(dir), observer, forever);
    assert.equal([result.epochs, result.interrupted, tested], [2, false, undefined]);
    assert.is(result.run, join(dir, 'run'));
  });
  assert.is(printed, '');
  const epochs = [1, 2].flatMap((n) => [`training ${n}/2`, `validation ${n}/2`, `epoch ${n}`]);
  assert.equal(told, ['reading', 'ready for 2', 'begin 1', ...epochs, 'end']);
  assert.equal([...files], ['model.safetensors', 'predictions.png', 'curves.png', 'report.json']);
  for (const name of files) assert.ok(listing(join(dir, 'run')).includes(name), name);
});

test('a training that is ended at its first step can be gone on with, by nobody in particular', async ({ dir }) => {
  putPairs(dir, 5);
  const ended = await startTraining(optionsFor(dir), {}, AbortSignal.abort());
  assert.equal([ended.result.model, ended.result.interrupted], [null, true]);
  const { told, observer } = recorder();
  const { result } = await resumeTraining(ended.result.run, {}, observer, forever);
  assert.equal([result.epochs, result.interrupted], [2, false]);
  assert.equal(told.slice(0, 4), ['reading', 'notice', 'ready for 2', 'begin 1']);
});

test('a training that fails tells its end with the error', async ({ dir }) => {
  putPairs(dir, 5);
  const { told, observer } = recorder();
  const failing: StudyObserver = {
    ...observer,
    epoch() {
      throw new InputError('disk full');
    },
  };
  assert.match(await messageOf(startTraining(optionsFor(dir), failing, forever)), 'disk full; the best model so far');
  assert.equal(told.slice(-2), ['validation 1/2', 'end by InputError: disk full']);
});

test('a study tells its runs, prints nothing, and gives its table', async ({ dir }) => {
  putPairs(dir, 5);
  const smallest = { compare: 'family', arms: ['unet'], folds: 1, seeds: [1], epochs: 1 } as const;
  const options: StudyOptions = { ...optionsFor(dir), ...smallest, out: join(dir, 'study') };
  const { told, observer } = recorder();
  const printed = await printedBy(async () => {
    const { rows, runs, files, interrupted } = await runStudy(options, observer, forever);
    assert.equal([rows.length, runs, interrupted], [1, { done: 1, planned: 1 }, false]);
    assert.equal(
      files,
      ['md', 'csv', 'json'].map((ending) => join(dir, `study/family.${ending}`)),
    );
  });
  assert.is(printed, '');
  const training = ['ready for 1', 'begin 1', 'training 1/1', 'validation 1/1', 'epoch 1', 'end'];
  const run = ['run unet-fold1-seed1 1/1', ...training, 'scoring', 'result of 1'];
  assert.equal(told, ['reading', 'open, 0 done', ...run]);
});

test.run();
