/** The loop of a training with a scripted step: what happens when, whatever a network learns. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EpochReport, RunObserver, Sample, StepReport, TrainOptions } from '../../src/index.js';
import { sampleKey, shuffled } from '../../src/train/loop/batches.js';
import { trainEpochs } from '../../src/train/loop/training-loop.js';
import type { Step } from '../../src/train/step/step.js';
import { type Script, type ScriptedTraining, scriptedTraining } from '../support/training/scripted-training.js';

async function reportsOf({ parts }: ScriptedTraining): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  for await (const report of trainEpochs(parts)) reports.push(report);
  return reports;
}

/** A training that has come to its end, and its reports. */
async function trained(script: Script = {}) {
  const training = scriptedTraining(script);
  return { ...training, reports: await reportsOf(training) };
}

const STEPS = ['step', 'stepped', 'step', 'stepped'];

test('an epoch: its steps, its validation in between two swaps, the best kept, a checkpoint', async () => {
  const { events } = await trained({ options: { epochs: 2 }, scores: (epoch) => [1 / epoch] });
  const first = [...STEPS, 'swap', 'validate 1', 'keep best', 'best 1', 'swap', 'checkpoint'];
  const second = [...STEPS, 'swap', 'validate 2', 'swap', 'checkpoint'];
  assert.equal(events, [...first, ...second, 'restore best']);
});

test('a report says what the epoch was', async () => {
  const { reports } = await trained({
    options: { epochs: 2, batch: 3, microBatch: 2, schedule: 'polynomial', power: 1, learningRate: 1 },
    losses: (microBatch) => [microBatch, 2 * microBatch],
    scores: (epoch) => [1 / epoch, 0.25],
    now: counter(500),
  });
  const [first, second] = reports as [EpochReport, EpochReport];
  // Four images are cut into micro-batches of 2, 1 and 1.
  assert.equal(first.training, { total: 1.5 * 0.75, heads: [0.75, 1.5] });
  assert.equal(second.training, { total: 1.5 * 3.75, heads: [3.75, 7.5] });
  assert.equal(
    reports.map(({ epoch, epochs, best, bestEpoch, end }) => [epoch, epochs, best, bestEpoch, end]),
    [
      [1, 2, true, 1, undefined],
      [2, 2, false, 1, 'epochs'],
    ],
  );
  assert.not.ok('end' in first);
  assert.equal([first.learningRate, second.learningRate], [0.75, 0.25], 'those of steps 1 and 3 of 4');
  assert.ok(first.seconds > 0 && first.imagesPerSecond > 0);
});

test('where the weights are lost with their device, observers are told the end all the same', async () => {
  const lost = new Error('lost');
  let told: unknown;
  const end = (failure: unknown) => {
    told = failure;
  };
  const training = scriptedTraining({ options: { observers: [{ end }] } });
  const { parts } = training;
  const restoreBest = () => {
    throw lost;
  };
  const failed = reportsOf({ ...training, parts: { ...parts, weights: { ...parts.weights, restoreBest } } });
  assert.is(await failed.catch((error: unknown) => error), lost);
  assert.is(told, lost);
});

test('patience ends the training', async () => {
  const { reports } = await trained({ options: { epochs: 50, patience: 2 }, scores: (epoch) => [epoch === 3 ? 1 : 0] });
  assert.equal(
    reports.map(({ end }) => end),
    [...Array(4).fill(undefined), 'patience'],
  );
});

test('the learning rate falls on a plateau, from the next epoch on', async () => {
  const options: TrainOptions = { learningRate: 1, schedule: 'plateau', plateauPatience: 1, plateauFactor: 0.5 };
  const { rates, reports } = await trained({ options });
  assert.equal(rates, [1, 1, 1, 1, 0.5, 0.5]);
  assert.equal(
    reports.map(({ learningRate }) => learningRate),
    [1, 1, 0.5],
  );
});

test('after a break the best weights are restored, and no checkpoint is written', async () => {
  const { parts, events } = scriptedTraining();
  for await (const _ of trainEpochs(parts)) break;
  assert.equal(events.slice(-3), ['best 1', 'swap', 'restore best']);
});

test('observers are told of the run, its steps and its epochs, in turn', async () => {
  const told: string[] = [];
  const steps: StepReport[] = [];
  const watching = (name: string): RunObserver => ({
    begin: ({ epoch, epochs, steps }) => void told.push(`${name} begin ${epoch}/${epochs} after ${steps}`),
    epoch: ({ epoch }) => void told.push(`${name} epoch ${epoch}`),
    end: () => void told.push(`${name} end`),
  });
  const observers = [{ ...watching('a'), step: (report: StepReport) => void steps.push(report) }, watching('b')];
  const script: Script = {
    options: { epochs: 2, batch: 3, microBatch: 2, observers, learningRate: 0.5 },
    losses: (microBatch) => [microBatch, 2 * microBatch],
    now: counter(1000),
  };
  const { checkpoints, events } = await trained(script);
  const twice = (event: string) => [`a ${event}`, `b ${event}`];
  assert.equal(told.splice(0), ['begin 1/2 after 0', 'epoch 1', 'epoch 2', 'end'].flatMap(twice));
  // Micro-batches of 2, 1 and 1 images; the time is looked at twice for each step.
  const step = { learningRate: 0.5, seconds: 1 };
  assert.equal(steps.splice(0), [
    { step: 1, epoch: 1, loss: 0.5, heads: [1 / 3, 2 / 3], gradientNorm: 1, ...step },
    { step: 2, epoch: 1, loss: 3, heads: [2, 4], gradientNorm: 2, ...step },
    { step: 3, epoch: 2, loss: 5, heads: [10 / 3, 20 / 3], gradientNorm: 3, ...step },
    { step: 4, epoch: 2, loss: 7.5, heads: [5, 10], gradientNorm: 4, ...step },
  ]);
  assert.equal(events.slice(0, 3), ['step', 'stepped', 'norm']);

  await trained({ ...script, progress: JSON.parse(checkpoints[0]!) });
  assert.equal(told, ['begin 2/2 after 2', 'epoch 2', 'end'].flatMap(twice));
  assert.equal(
    steps.map(({ step }) => step),
    [3, 4],
  );
});

test('a step is told before the checkpoint that holds it; without a listener no norm is computed', async () => {
  const script = (observer: RunObserver): Script => {
    return { options: { epochs: 1, checkpointEvery: { steps: 1 }, observers: [observer] } };
  };
  const { events } = await trained(script({ step: () => {} }));
  assert.equal(events.slice(0, 4), ['step', 'stepped', 'norm', 'checkpoint']);
  assert.not.ok((await trained(script({ epoch: () => {} }))).events.includes('norm'));
});

test('what an observer throws ends the run, with the best weights; the end is told with the error', async () => {
  for (const when of ['begin', 'step', 'epoch'] as const) {
    const told: string[] = [];
    const failing: RunObserver = {
      [when]: () => {
        throw new Error(`in ${when}`);
      },
      end: (failure) => void told.push(`end: ${failure}`),
    };
    const training = scriptedTraining({ options: { observers: [failing] } });
    assert.is(await failureOf(training), `in ${when}`);
    assert.is(training.events.at(-1), 'restore best');
    assert.equal([told, training.checkpoints], [[`end: Error: in ${when}`], []]);
  }
});

for (const [where, stops, last] of [
  ['in a micro-batch', { epoch: 2, phase: 'training', done: 1 }, ['checkpoint', 'checkpoint', 'restore best']],
  ['before the first step', { epoch: 1, phase: 'training', done: 1 }, ['checkpoint', 'restore best']],
] as const) {
  test(`the signal ends the training ${where}, without an error: a checkpoint, and the best weights`, async () => {
    const controller = new AbortController();
    const onProgress: TrainOptions['onProgress'] = ({ epoch, phase, done }) => {
      if (epoch === stops.epoch && phase === stops.phase && done === stops.done) controller.abort();
    };
    const told: unknown[][] = [];
    const observers: RunObserver[] = [{ end: (...failure) => void told.push(failure) }];
    const { events, reports } = await trained({ options: { signal: controller.signal, onProgress, observers } });
    assert.equal(told, [[undefined]], 'the end is told without an error');
    assert.equal(events.slice(-last.length), last);
    assert.is(reports.length, stops.epoch - 1);
    assert.is(events.filter((event) => event === 'step').length, 2 * (stops.epoch - 1), 'no step after it');
  });
}

test('the signal in a validation: the weights are put back before the checkpoint, which goes on with it', async () => {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const scores = (): [number] => {
    controller.abort();
    return [0.5];
  };
  const first = await trained({ options, scores });
  assert.is(first.reports.length, 1, 'what was validated is reported');
  const stopped = scriptedTraining({ options: { ...options, epochs: 4 }, progress: JSON.parse(first.checkpoints[0]!) });
  assert.equal(await reportsOf(stopped), []);
  const begun = JSON.parse(stopped.checkpoints[0]!);
  assert.is(begun.current.steps, 0, 'stopped before its first step');
  const validating = scriptedTraining({ options, progress: { ...begun, current: { ...begun.current, steps: 2 } } });
  assert.equal(await reportsOf(validating), []);
  assert.equal(validating.events, ['swap', 'validate 2', 'swap', 'checkpoint', 'restore best']);
});

test('an error ends it with the best weights and without a checkpoint', async () => {
  const scores = (epoch: number): [number] => {
    if (epoch === 2) throw new Error('scripted');
    return [0.5];
  };
  const training = scriptedTraining({ scores });
  assert.is(await failureOf(training), 'scripted');
  assert.equal(training.events.slice(-4), ['swap', 'validate 2', 'swap', 'restore best']);
  assert.is(training.checkpoints.length, 1);
});

test('a loss that is not finite is an error that names the head, the epoch and the step', async () => {
  for (const loss of [Number.NaN, Infinity]) {
    const training = scriptedTraining({ losses: (microBatch) => [1, microBatch === 6 ? loss : 1] });
    assert.is(
      await failureOf(training),
      `training: the loss of head L2 became ${loss} in epoch 2, step 2; lower the learning rate (0.0003), or use a norm`,
    );
    assert.is(training.rates.length, 4, 'the step with it is the last');
    assert.is(training.checkpoints.length, 1, 'no checkpoint with it');
  }
});

/** What happens in a training whose losses come later than they are asked for, its observer's steps included. */
async function late(script: Script, arrive: (training: ScriptedTraining, step: number) => Promise<void>) {
  const told = ({ step }: StepReport) => void training.events.push(`told ${step}`);
  const training = scriptedTraining({ ...script, options: { ...script.options, observers: [{ step: told }] } });
  const { parts } = training;
  let begun = 0;
  const accumulate: Step['accumulate'] = async (...args) => {
    const { losses } = await parts.step.accumulate(...args);
    return { losses: arrive(training, ++begun).then(() => losses) };
  };
  const error = await failureOf({ ...training, parts: { ...parts, step: { ...parts.step, accumulate } } });
  return { ...training, error };
}

/** Arrives in the next task, when all that does not wait for it has been done. */
const inTheNextTask = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a step is taken before the losses of the one before are there, and none before those of the one before that', async () => {
  const script = { train: 6, options: { epochs: 1 } };
  const { events, error } = await late(script, async ({ rates }, step) => {
    await inTheNextTask();
    assert.is(rates.length, Math.min(step + 1, 3), `steps that are taken when the losses of step ${step} come`);
  });
  assert.is(error, 'no error');
  const [first, ...others] = [1, 2, 3].map(() => ['step', 'stepped', 'norm']);
  const steps = [...first!, ...others.flatMap((step, k) => [...step, `told ${k + 1}`]), 'told 3'];
  assert.equal(events.slice(0, steps.length + 1), [...steps, 'swap'], 'all are told before the validation');
});

test('a checkpoint waits for the losses of its step', async () => {
  const options = { epochs: 1, checkpointEvery: { steps: 2 } };
  const { events, checkpoints } = await late({ train: 6, options }, inTheNextTask);
  const step = ['step', 'stepped', 'norm'];
  assert.equal(
    events.slice(0, 12),
    [...step, ...step, 'told 1', 'told 2', 'checkpoint', ...step],
    'nothing of step 3 before the checkpoint of step 2',
  );
  assert.is(JSON.parse(checkpoints[0]!).current.steps, 2);
});

test('a signal in the next mini-batch: the step before is told and in the checkpoint', async () => {
  const controller = new AbortController();
  const onProgress: TrainOptions['onProgress'] = ({ done }) => done === 3 && controller.abort();
  const options = { signal: controller.signal, onProgress };
  const { events, checkpoints, error } = await late({ options }, inTheNextTask);
  assert.is(error, 'no error');
  assert.equal(events, ['step', 'stepped', 'norm', 'told 1', 'checkpoint', 'restore best']);
  assert.is(JSON.parse(checkpoints[0]!).current.steps, 1);
});

test('a loss that is not finite, known late: one more step at most, nothing is told and no checkpoint is written', async () => {
  const script: Script = { train: 8, losses: (microBatch) => [1, microBatch === 2 ? Number.NaN : 1] };
  const controller = new AbortController();
  const onProgress: TrainOptions['onProgress'] = ({ done }) => done === 5 && controller.abort();
  const options = { signal: controller.signal, onProgress, checkpointEvery: { steps: 3 } };
  // By itself, with a checkpoint due one step later, and with the signal in the mini-batch after it.
  for (const more of [{}, { checkpointEvery: { steps: 3 } }, options]) {
    const { events, rates, checkpoints, error } = await late({ ...script, options: more }, inTheNextTask);
    assert.match(error, 'the loss of head L2 became NaN in epoch 1, step 2; ');
    assert.ok(rates.length <= 3, `${rates.length} steps`);
    assert.equal(
      events.filter((event) => event.startsWith('told')),
      ['told 1'],
    );
    assert.equal([checkpoints, events.at(-1)], [[], 'restore best']);
  }
});

test('an error in the next mini-batch: the step before is told first', async () => {
  const { events, error } = await late(
    {
      train: 6,
      losses: (microBatch) => {
        if (microBatch === 2) throw new Error('scripted');
        return [1, 1];
      },
    },
    inTheNextTask,
  );
  assert.is(error, 'scripted');
  assert.equal(events, ['step', 'stepped', 'norm', 'told 1', 'restore best']);
});

test('progress counts images, micro-batch by micro-batch', async () => {
  const seen: string[] = [];
  const onProgress: TrainOptions['onProgress'] = ({ epoch, phase, done, total }) => {
    seen.push(`${epoch} ${phase} ${done}/${total}`);
  };
  await trained({ train: 16, options: { epochs: 1, batch: 10, microBatch: 4, onProgress } });
  assert.equal(
    seen,
    [4, 8, 10, 14, 16].map((done) => `1 training ${done}/16`),
  );
});

test('augmentation gets a key that belongs to seed, epoch and sample', async () => {
  const keys = new Map<string, string[]>();
  const augment = (sample: Sample, key: readonly [number, number]) => {
    keys.set(sample.name, [...(keys.get(sample.name) ?? []), key.join()]);
    return sample;
  };
  await trained({ options: { epochs: 2, seed: 5, augment } });
  assert.is(keys.size, 4);
  for (const [name, list] of keys) {
    assert.equal(
      list,
      [1, 2].map((epoch) => sampleKey(5, 'augment', epoch, name).join()),
    );
  }
});

test('a process that computes a share of each mini-batch loads the images of that alone', async () => {
  const { parts } = scriptedTraining({
    train: 8,
    options: { epochs: 1, batch: 4 },
    share: (count) => Array.from({ length: count / 2 }, (_, k) => 2 * k + 1),
  });
  const loaded: string[] = [];
  const { split, sampler, load } = parts.dataset;
  const dataset = {
    split,
    sampler,
    load(name: string) {
      loaded.push(name);
      return load(name);
    },
  };
  for await (const _ of trainEpochs({ ...parts, dataset }));
  const order = shuffled(split.train, 1, 1);
  assert.equal(
    loaded,
    [1, 3, 5, 7].map((k) => order[k]),
  );
});

test('checkpoints within epochs: after so many steps, or after so many minutes since the last one', async () => {
  const written = async (checkpointEvery: TrainOptions['checkpointEvery'], now?: () => number) => {
    const { checkpoints } = await trained({ train: 8, options: { epochs: 2, checkpointEvery }, ...(now && { now }) });
    return checkpoints.map((json) => JSON.parse(json).current).map(({ epoch, steps }) => `${epoch}:${steps}`);
  };
  assert.equal(await written({}), ['2:0', '3:0']);
  assert.equal(await written({ steps: 3 }), ['1:3', '2:0', '2:3', '3:0']);
  assert.equal(await written({ minutes: 1 }), ['2:0', '3:0'], 'time stands still');
  // Whenever the clock is looked at, 31 seconds have passed.
  assert.ok((await written({ minutes: 1 }, counter(31_000))).length > 4);
});

test('from each of its checkpoints it goes on to the same reports and the same progress', async () => {
  const script = (epochLoss: number): Script => ({
    train: 7,
    options: { epochs: 4, patience: 2, schedule: 'plateau', plateauPatience: 1, checkpointEvery: { steps: 1 } },
    // A function of what is computed, as that of a network would be.
    losses: (microBatch) => [0.1 * (epochLoss + microBatch), 1 / (1 + epochLoss + microBatch)],
    scores: (epoch) => [[0.1, 0.3, 0.2, 0.3][epoch - 1]!, 0.5],
  });
  const whole = await trained(script(0));
  assert.is(whole.checkpoints.length, 20, 'four steps and the end of each epoch');
  for (const [k, json] of whole.checkpoints.entries()) {
    const progress = JSON.parse(json);
    const { epoch, images } = progress.current;
    const rest = await trained({ ...script((epoch - 1) * 7 + images), progress });
    assert.equal(rest.checkpoints, whole.checkpoints.slice(k + 1), `checkpoint ${k}`);
    assert.equal(rest.rates, whole.rates.slice(whole.rates.length - rest.rates.length));
    assert.equal(rest.reports.map(plain), whole.reports.slice(epoch - 1).map(plain));
  }
});

/** The message of the error that ends a training. */
async function failureOf(training: ScriptedTraining): Promise<string> {
  const ended = reportsOf(training).then(() => 'no error');
  return ended.catch(({ message }: Error) => message);
}

/** A report without times. */
function plain({ seconds, imagesPerSecond, ...report }: EpochReport): object {
  return report;
}

/** A clock that has gone on by so much whenever it is looked at. */
function counter(milliseconds: number): () => number {
  let time = 0;
  return () => (time += milliseconds);
}

test.run();
