/** The account of a training. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  afterEvent,
  isUnderWay,
  NO_TRAINING,
  type TrainingEvent,
  type TrainingState,
  tellTo,
} from '../../../site/app/train/training-state.js';
import type { Trained } from '../../../site/engine/protocol.js';
import { defaultConfig } from '../../../src/network/config.js';
import type { EpochReport } from '../../../src/train/report.js';

const after = (...events: TrainingEvent[]): TrainingState => events.reduce(afterEvent, NO_TRAINING);
const ready: TrainingEvent = { kind: 'ready', run: 'phantom-1', images: 32 };
const progress = (epoch: number, done: number): TrainingEvent => ({
  kind: 'progress',
  progress: { phase: 'training', done, total: 8, epoch: { number: epoch, of: 2 } },
});

test('a training begins, is held, goes on, is stopped and is over', () => {
  const phases: [TrainingEvent, string][] = [
    [{ kind: 'begin' }, 'starting'],
    [ready, 'running'],
    [{ kind: 'pause', paused: true }, 'paused'],
    [{ kind: 'pause', paused: false }, 'running'],
    [{ kind: 'stop' }, 'stopping'],
    [{ kind: 'trained', trained: {} as Trained }, 'over'],
  ];
  let state = NO_TRAINING;
  assert.not(isUnderWay(state));
  for (const [event, phase] of phases) {
    state = afterEvent(state, event);
    assert.is(state.phase, phase);
    assert.is(isUnderWay(state), phase !== 'over');
  }
  assert.is(state.run, 'phantom-1');
});

test('what fails is over, with its error; another beginning forgets it', () => {
  const failed = after({ kind: 'begin' }, ready, { kind: 'failed', error: 'epoch 1, step 3: the loss is NaN' });
  assert.is(failed.phase, 'over');
  assert.is(failed.error, 'epoch 1, step 3: the loss is NaN');
  assert.equal(afterEvent(failed, { kind: 'begin' }), { ...NO_TRAINING, phase: 'starting' });
});

test('the loss of a step lies where the training is, in epochs', () => {
  const state = after(progress(1, 4), { kind: 'step', loss: 1.5 }, progress(2, 8), { kind: 'step', loss: 1.25 });
  assert.equal(state.steps, [
    { at: 0.5, loss: 1.5 },
    { at: 2, loss: 1.25 },
  ]);
});

test('of many steps no more are kept than a curve shows, as means of neighbours', () => {
  const steps = Array.from({ length: 2000 }, (_, k): TrainingEvent[] => [
    { kind: 'progress', progress: { phase: 'training', done: k, total: 2000, epoch: { number: 1, of: 1 } } },
    { kind: 'step', loss: k },
  ]);
  const { steps: kept } = after(...steps.flat());
  assert.ok(kept.length <= 512 && kept.length > 256, `${kept.length} steps`);
  assert.is(kept.at(-1)!.loss, 1999);
  for (const { at, loss } of kept) assert.ok(Math.abs(at - loss / 2000) < 1e-9, `${at} ${loss}`);
});

test('the engine tells it by its callbacks', () => {
  const events: TrainingEvent[] = [];
  const { ready: begun, progress: went, step, epoch, remark } = tellTo((event) => events.push(event));
  const report = { epoch: 1 } as EpochReport;
  begun({ run: 'phantom-1', config: defaultConfig, images: 32 });
  went({ phase: 'training', done: 1, total: 2 });
  step({ step: 1, epoch: 1, loss: 0.5, heads: [0.5], learningRate: 1e-3, gradientNorm: 1, seconds: 1 });
  epoch(report, []);
  remark('one object vanishes');
  assert.equal(events, [
    ready,
    { kind: 'progress', progress: { phase: 'training', done: 1, total: 2 } },
    { kind: 'step', loss: 0.5 },
    { kind: 'epoch', report, examples: [] },
    { kind: 'remark', text: 'one object vanishes' },
  ]);
});

test.run();
