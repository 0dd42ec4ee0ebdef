/** A training and a study started from code: what the observer is told, what comes back, and that nothing is printed. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { StudyOptions } from '../../src/app/options/study-options.js';
import { completeOptions, type TrainCommandOptions } from '../../src/app/options/train-options.js';
import { runStudy, type StudyObserver } from '../../src/app/study/run-study.js';
import { resumeTraining, startTraining, type TrainingObserver } from '../../src/app/training/start-training.js';
import { listing, putPairs, suiteInFolder } from '../support/cli.js';

const test = suiteInFolder('start training');
const forever = new AbortController().signal;

function optionsFor(dir: string): TrainCommandOptions {
  const small = { filters: [2, 2], size: 16, epochs: 2, batch: 2, workers: 1, out: join(dir, 'run') };
  return completeOptions({ data: join(dir, 'data'), ...small });
}

/** Takes note of what it is told, repetitions left out. */
function recorder(): { readonly told: string[]; readonly observer: TrainingObserver & StudyObserver } {
  const told: string[] = [];
  const note = (what: string) => {
    if (told.at(-1) !== what) told.push(what);
  };
  const observer = {
    progress: ({ phase, epoch }: { phase: string; epoch?: { number: number; of: number } }) =>
      note(epoch ? `${phase} ${epoch.number}/${epoch.of}` : phase),
    remark: ({ kind }: { kind: string }) => note(kind),
    begin: () => note('begin'),
    epoch: ({ epoch }: { epoch: number }) => note(`epoch ${epoch}`),
    run: ({ name, number, of }: { name: string; number: number; of: number }) => note(`run ${name} ${number}/${of}`),
    result: ({ epochs }: { epochs: number }) => note(`result of ${epochs}`),
    end: () => note('end'),
  };
  return { told, observer };
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
  const { told, observer } = recorder();
  const printed = await printedBy(async () => {
    const { result, tested } = await startTraining(optionsFor(dir), observer, forever);
    assert.equal([result.epochs, result.interrupted, tested], [2, false, undefined]);
    assert.is(result.run, join(dir, 'run'));
  });
  assert.is(printed, '');
  const epochs = [1, 2].flatMap((n) => [`training ${n}/2`, `validation ${n}/2`, `epoch ${n}`]);
  assert.equal(told, ['reading', 'begin', ...epochs, 'end']);
  for (const name of ['model.safetensors', 'predictions.png', 'curves.png', 'report.json']) {
    assert.ok(listing(join(dir, 'run')).includes(name), name);
  }
});

test('a training that is ended at its first step can be gone on with, by nobody in particular', async ({ dir }) => {
  putPairs(dir, 5);
  const ended = await startTraining(optionsFor(dir), {}, AbortSignal.abort());
  assert.equal([ended.result.model, ended.result.interrupted], [null, true]);
  const { told, observer } = recorder();
  const { result } = await resumeTraining(ended.result.run, {}, observer, forever);
  assert.equal([result.epochs, result.interrupted], [2, false]);
  assert.equal(told.slice(0, 3), ['reading', 'notice', 'begin']);
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
  const run = ['training 1/1', 'validation 1/1', 'scoring'];
  assert.equal(told, ['reading', 'begin', 'run unet-fold1-seed1 1/1', ...run, 'result of 1', 'end']);
});

test.run();
