/** What follows from the scores of a training: the best epoch, the end by patience, the rate of the plateau. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Evaluation, TrainOptions } from '../../src/index.js';
import { type SavedProgress, TrainingProgress } from '../../src/train/loop/progress.js';
import { trainSettings } from '../../src/train/options.js';

type Scores = readonly [dice: number, loss: number];

/** The progress after these validations. */
function after(validations: readonly Scores[], options: TrainOptions = {}): TrainingProgress {
  const progress = new TrainingProgress(trainSettings(options), 1);
  for (const [dice, loss] of validations) progress.finish({ dice, loss } as Evaluation);
  return progress;
}

const bestOf = (...validations: readonly Scores[]) => after(validations).best?.epoch;

test('before the first validation there is no best epoch', () => {
  assert.is(bestOf(), undefined);
});

test('a higher Dice is better, whatever the loss', () => {
  assert.is(bestOf([0.5, 0.1], [0.6, 0.9]), 2);
  assert.is(bestOf([0.6, 0.9], [0.5, 0.1]), 1);
});

test('a tie on Dice goes to the lower loss', () => {
  assert.is(bestOf([0.5, 0.2], [0.5, 0.1]), 2, 'lower later');
  assert.is(bestOf([0.5, 0.1], [0.5, 0.2]), 1, 'lower before');
  assert.is(bestOf([0.5, 0.3], [0.5, 0.1], [0.5, 0.2]), 2, 'lower in between');
});

test('a tie on both goes to the epoch that was first', () => {
  assert.is(bestOf([0.5, 0.1], [0.5, 0.1]), 1);
});

test('each epoch is told whether it is the best so far', () => {
  const progress = after([]);
  const told = [0.5, 0.4, 0.6].map((dice) => progress.finish({ dice, loss: 1 } as Evaluation));
  assert.equal(told, [true, false, true]);
});

test('the training ends after its epochs, or after so many without improvement', () => {
  const better: Scores[] = [
    [0.1, 1],
    [0.2, 1],
  ];
  const worse: Scores = [0.1, 1];
  const options = { epochs: 5, patience: 2 };
  assert.is(after([...better, worse], options).end(), undefined);
  assert.is(after([...better, worse, worse], options).end(), 'patience');
  assert.is(after([...better, worse, [0.2, 0.9]], options).end(), undefined, 'a lower loss improves it');
  assert.is(after([...better, worse, worse, worse], options).end(), 'epochs', 'which is looked at first');
  assert.is(after(Array(4).fill(worse), { epochs: 5 }).end(), undefined, 'by default patience has no end');
});

test('the factor of the learning rate falls on a plateau, where the schedule is that', () => {
  const flat: Scores[] = Array(3).fill([0.5, 0.5]);
  const options = { plateauPatience: 2, plateauFactor: 0.1 };
  assert.is(after(flat.slice(1), { ...options, schedule: 'plateau' }).factor, 1);
  assert.is(after(flat, { ...options, schedule: 'plateau' }).factor, 0.1);
  assert.is(after(flat, options).factor, 1);
});

test('saved as JSON and restored, it goes on as if nothing had come between', () => {
  const scores = [0.1, 0.3, 0.2, 0.3, 0.3].map((dice): Scores => [dice, 0.5]);
  const options: TrainOptions = { patience: 3, schedule: 'plateau', plateauPatience: 2 };
  const whole = after(scores, options);
  for (let k = 0; k <= scores.length; k++) {
    const saved: SavedProgress = JSON.parse(JSON.stringify(after(scores.slice(0, k), options).save()));
    const rest = after([], options);
    rest.restore(saved);
    for (const [dice, loss] of scores.slice(k)) rest.finish({ dice, loss } as Evaluation);
    assert.equal(rest.save(), whole.save(), `after ${k} epochs`);
    assert.equal([rest.end(), rest.factor], [whole.end(), whole.factor]);
  }
});

test.run();
