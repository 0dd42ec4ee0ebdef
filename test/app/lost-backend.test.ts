/** A training whose device is lost goes on with another one, and ends with the bits of an undisturbed one. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { completeOptions, type TrainCommandOptions } from '../../src/app/options/train-options.js';
import type { TrainResult } from '../../src/app/training/result.js';
import { resumeTraining, startTraining } from '../../src/app/training/start-training.js';
import type { TrainingObserver } from '../../src/app/training/train-in-folder.js';
import { DeviceLostError } from '../../src/index.js';
import { fragileDevices } from '../support/backend/fragile-device.js';
import { testGpu, testWebGpu } from '../support/backend/webgpu.js';
import { putPairs, suiteInFolder } from '../support/cli/cli.js';

const test = suiteInFolder('lost device');
const forever = new AbortController().signal;
const LOST = 'webgpu: the device was lost (the driver was reset)';

function optionsFor(dir: string, out: string): TrainCommandOptions {
  const small = {
    filters: [2, 2],
    size: 16,
    epochs: 3,
    batch: 2,
    backend: 'webgpu',
    splitSizes: '5,1,1',
    out: join(dir, out),
  } as const;
  return completeOptions({ data: join(dir, 'data'), ...small, norm: 'batch', dropout: 0.1, emaDecay: 0.9, test: true });
}

/** Takes note of what it is told, and loses a device at the moments that it is told of. */
function losing(lose: () => void, moments: readonly string[]) {
  const told: string[] = [];
  const left = [...moments];
  const note = (what: string) => {
    told.push(what);
    if (what !== left[0]) return;
    left.shift();
    lose();
  };
  const observer: TrainingObserver = {
    ready: () => note('ready'),
    begin: ({ epoch }) => note(`begin ${epoch}`),
    epoch: ({ epoch }) => note(`epoch ${epoch}`),
    progress: ({ phase, done, epoch }) => note(`${phase} ${epoch?.number ?? ''} ${done}`),
    remark: (remark) => note(remark.kind === 'notice' ? remark.text : remark.kind),
    end: (failure) => note(failure === undefined ? 'end' : `end by ${(failure as Error).message}`),
  };
  const news = () => told.filter((line) => !/^\w+ \d? \d+$/.test(line));
  return { observer, news };
}

const driver = await testWebGpu();
driver?.close();

if (driver) {
  const devices = fragileDevices(await testGpu());
  let known: Promise<TrainResult> | undefined;
  /** The same for all tests, whose images are the same. */
  const undisturbed = (dir: string): Promise<TrainResult> => {
    known ??= startTraining(optionsFor(dir, 'undisturbed'), {}, forever).then(({ result }) => result);
    return known;
  };
  const goesOn = (where: string) => `${LOST}; with another one, the training ${where}`;

  test('it goes on from the last checkpoint, or from the beginning where there is none', async ({ dir }) => {
    putPairs(dir, 7);
    const expected = await undisturbed(dir);
    const cases: [moments: string[], news: string[]][] = [
      [['training 1 2'], [goesOn('begins again'), 'begin 1', 'epoch 1', 'epoch 2', 'epoch 3', 'end']],
      [
        ['training 2 2'],
        ['epoch 1', `end by ${LOST}`, goesOn('goes on in epoch 2'), 'begin 2', 'epoch 2', 'epoch 3', 'end'],
      ],
      [
        // Whether epoch 2 is told of before the loss is seen depends on whether its weights are the best, and read.
        ['validation 2 1'],
        [`end by ${LOST}`, goesOn('goes on in epoch 2'), 'begin 2', 'epoch 2', 'epoch 3', 'end'],
      ],
      [['test  1'], ['epoch 3', 'end', goesOn('goes on in epoch 4'), 'begin 4', 'end']],
    ];
    for (const [k, [moments, news]] of cases.entries()) {
      const watched = losing(() => devices.lose(), moments);
      const { result } = await startTraining(optionsFor(dir, `run-${k}`), watched.observer, forever);
      assert.equal(watched.news().slice(-news.length), news);
      assert.equal(
        watched.news().filter((line) => line === 'ready'),
        ['ready'],
      );
      const { run, model, seconds, imagesPerSecond, ...same } = result;
      const { run: _, model: __, seconds: ___, imagesPerSecond: ____, ...before } = expected;
      assert.equal(same, before);
    }
  });

  test('a loss in each of two epochs is overcome, a second one within an epoch ends it, and it can be resumed', async ({
    dir,
  }) => {
    putPairs(dir, 7);
    const expected = await undisturbed(dir);
    const often = losing(() => devices.lose(), ['training 1 2', 'training 2 2', 'training 3 2']);
    const { result } = await startTraining(optionsFor(dir, 'often'), often.observer, forever);
    assert.is(result.weightsSha256, expected.weightsSha256);

    const twice = losing(() => devices.lose(), ['training 2 2', 'training 2 4']);
    const error = await startTraining(optionsFor(dir, 'twice'), twice.observer, forever).catch((thrown) => thrown);
    const run = join(dir, 'twice');
    const advice = 'update the driver, or compute with WebAssembly (--backend wasm)';
    const best = `the best model so far is in ${join(run, 'model.safetensors')}`;
    assert.is(error.message, `${LOST} twice within an epoch; ${advice}; ${best}`);
    assert.instance(error, DeviceLostError);
    const resumed = await resumeTraining(run, {}, {}, forever);
    assert.is(resumed.result.weightsSha256, expected.weightsSha256);
  });

  test('where there is no other device, one line says both', async ({ dir }) => {
    putPairs(dir, 7);
    const watched = losing(() => {
      devices.lose();
      devices.end();
    }, ['training 2 2']);
    const error = await startTraining(optionsFor(dir, 'run'), watched.observer, forever).catch((thrown) => thrown);
    const none = 'backend webgpu: no adapter was found; install or update the driver of the GPU';
    assert.match(error.message, `${LOST}, and there is no other: ${none}, or compute with WebAssembly`);
    assert.match(error.message, 'the best model so far is in');
    assert.instance(error, DeviceLostError);
  });
}

test.run();
