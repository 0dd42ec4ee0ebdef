import { bceDice, ceDice } from '../../src/ops/index.js';
import type { Case } from '../support/case.js';
import { labels, mask, normal, type Sample, saturated } from '../support/samples.js';
import type { Image } from './sizes.js';

const images: Image[] = [
  [1, 1, 1],
  [2, 6, 6],
  [3, 5, 7],
  [2, 64, 64],
];

function loss(fn: Case['fn'], label: string, logits: Sample, target: Sample): Case {
  return { family: 'loss', label, samples: [logits, target], fn, differentiable: [0], tolerance: 2e-6 };
}

export const losses: Case[] = images.flatMap((image): Case[] => {
  const size = image.join('x');
  const one = [...image, 1];
  const binary = (label: string, logits: Sample, target: Sample) =>
    loss((x, y) => [bceDice(x!, y!)], `bceDice ${size}, ${label}`, logits, target);
  return [
    binary('random', normal(one), mask(one)),
    binary('saturated logits', saturated(one), mask(one)),
    binary('empty mask', normal(one), mask(one, 0)),
    binary('full mask', saturated(one), mask(one, 1)),
    ...[2, 3, 4, 5].map((classes) => {
      const logits = [...image, classes];
      const x = classes % 2 ? saturated(logits) : normal(logits);
      return loss((x, y) => [ceDice(x!, y!)], `ceDice ${size}, ${classes} classes`, x, labels(one, classes));
    }),
    loss((x, y) => [ceDice(x!, y!)], `ceDice ${size}, one class absent`, normal([...image, 3]), mask(one)),
  ];
});
