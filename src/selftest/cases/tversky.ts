/** Cases of the Dice and Tversky losses, per image and over the batch, with two and more classes. */
import { type DiceOptions, diceLoss, type TverskyOptions, tverskyLoss } from '../../ops/index.js';
import type { Case } from '../case.js';
import { labels, mask, normal, type Sample, saturated } from '../samples.js';
import { type Image, segmented } from './sizes.js';

function regionLoss(label: string, logits: Sample, target: Sample, fn: Case['fn']): Case {
  return { family: 'tversky', label, samples: [logits, target], fn, differentiable: [0], tolerance: 2e-6 };
}

const dice = (label: string, logits: Sample, target: Sample, options?: DiceOptions): Case =>
  regionLoss(`diceLoss ${label}`, logits, target, (x, y) => [diceLoss(x!, y!, options)]);

const tversky = (label: string, logits: Sample, target: Sample, options?: TverskyOptions): Case =>
  regionLoss(`tverskyLoss ${label}`, logits, target, (x, y) => [tverskyLoss(x!, y!, options)]);

export const tverskyLosses: Case[] = segmented.flatMap((image: Image): Case[] => {
  const size = image.join('x');
  const one = [...image, 1];
  return [
    dice(`${size}, random`, normal(one), mask(one)),
    dice(`${size}, saturated logits`, saturated(one), mask(one)),
    dice(`${size}, empty mask`, normal(one, -3), mask(one, 0)),
    dice(`${size}, full mask`, saturated(one), mask(one, 1)),
    dice(`${size}, over the batch, squared`, normal(one), mask(one), { over: 'batch', squared: true }),
    tversky(`${size}, random`, normal(one), mask(one)),
    tversky(`${size}, saturated logits, over the batch`, saturated(one), mask(one), {
      alpha: 1,
      beta: 0,
      over: 'batch',
    }),
    ...[2, 3, 4, 5].flatMap((classes) => {
      const logits = [...image, classes];
      const x = classes % 2 ? saturated(logits) : normal(logits);
      const classWeights = Array.from({ length: classes }, (_, k) => k);
      return [
        dice(`${size}, ${classes} classes`, x, labels(one, classes)),
        dice(`${size}, ${classes} classes, squared`, x, labels(one, classes), { squared: true, classWeights }),
        tversky(`${size}, ${classes} classes, over the batch`, x, labels(one, classes), { over: 'batch' }),
      ];
    }),
    dice(`${size}, one class absent`, normal([...image, 3]), mask(one)),
  ];
});
