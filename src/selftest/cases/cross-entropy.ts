/** Cases of the cross-entropy, focal and weighted, with two and more classes. */
import { type CrossEntropyOptions, crossEntropy } from '../../ops/index.js';
import type { Case } from '../case.js';
import { labels, mask, normal, type Sample, saturated } from '../samples.js';
import { type Image, segmented } from './sizes.js';

function entropy(label: string, logits: Sample, target: Sample, options?: CrossEntropyOptions): Case {
  return {
    family: 'cross-entropy',
    label: `crossEntropy ${label}`,
    samples: [logits, target],
    fn: (x, y) => [crossEntropy(x!, y!, options)],
    differentiable: [0],
    tolerance: 2e-6,
  };
}

export const crossEntropies: Case[] = segmented.flatMap((image: Image): Case[] => {
  const size = image.join('x');
  const one = [...image, 1];
  return [
    entropy(`${size}, random`, normal(one), mask(one)),
    entropy(`${size}, saturated logits`, saturated(one), mask(one)),
    entropy(`${size}, focal, class weights`, saturated(one), mask(one), { gamma: 2, classWeights: [0.25, 3] }),
    entropy(`${size}, gamma 0.5, empty mask`, saturated(one), mask(one, 0), { gamma: 0.5 }),
    ...[2, 3, 4, 5].flatMap((classes) => {
      const logits = [...image, classes];
      const x = classes % 2 ? saturated(logits) : normal(logits);
      const classWeights = Array.from({ length: classes }, (_, k) => k / 2);
      return [
        entropy(`${size}, ${classes} classes`, x, labels(one, classes)),
        entropy(`${size}, ${classes} classes, focal`, x, labels(one, classes), { gamma: classes / 2, classWeights }),
      ];
    }),
  ];
});
