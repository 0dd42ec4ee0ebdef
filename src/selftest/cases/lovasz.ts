/** Cases of the Lovász loss, with ties, empty masks and absent classes. */
import { type LovaszOptions, lovaszLoss } from '../../ops/index.js';
import type { Case } from '../case.js';
import { apart, labels, mask, type Sample, separated, tied } from '../samples.js';
import { type Image, segmented } from './sizes.js';

function lovasz(label: string, logits: Sample, target: Sample, kinked: boolean, options?: LovaszOptions): Case {
  return {
    family: 'lovasz',
    label: `lovaszLoss ${label}`,
    samples: [logits, target],
    fn: (x, y) => [lovaszLoss(x!, y!, options)],
    differentiable: [0],
    kinked,
    tolerance: 2e-6,
  };
}

export const lovaszLosses: Case[] = segmented.flatMap((image: Image): Case[] => {
  const size = image.join('x');
  const one = [...image, 1];
  // So many pixels are never far enough apart for finite differences.
  const crowded = image[1] * image[2] > 100;
  return [
    lovasz(`${size}, random`, apart(one), mask(one), false),
    lovasz(`${size}, empty mask`, apart(one), mask(one, 0), false),
    lovasz(`${size}, full mask`, apart(one), mask(one, 1), false),
    lovasz(`${size}, ties`, tied(one), mask(one), true),
    ...[2, 3, 5].flatMap((classes) => {
      const logits = separated([...image, classes]);
      const classWeights = Array.from({ length: classes }, (_, k) => k);
      return [
        lovasz(`${size}, ${classes} classes`, logits, labels(one, classes), crowded),
        lovasz(`${size}, ${classes} classes, weighted`, logits, labels(one, classes), crowded, { classWeights }),
      ];
    }),
    lovasz(`${size}, one class absent`, separated([...image, 3]), mask(one), crowded),
  ];
});
