/** Cases of conv2d with 1x1 and 3x3 filters, one and several sources, with and without ReLU. */
import type { Shape } from '../../graph/shape.js';
import { conv2d } from '../../ops/index.js';
import type { Case } from '../case.js';
import { grid, normal, offGrid } from '../samples.js';
import { type Image, LANES } from './sizes.js';

/** With `relu` the data lie on a grid, so that no rounding moves a sum across the kink. */
function convolution(image: Image, sources: readonly number[], out: number, kernel: 1 | 3, relu = false): Case {
  const channels = sources.reduce((sum, count) => sum + count, 0);
  const w: Shape = [kernel, kernel, channels, out];
  return {
    family: 'convolution',
    label: `conv2d ${kernel}x${kernel} ${image.join('x')}, ${sources.join('+')} -> ${out}${relu ? ', relu' : ''}`,
    samples: relu
      ? [...sources.map((count) => grid([...image, count], 1 / 4)), grid(w, 1 / 8), offGrid([out])]
      : [...sources.map((count) => normal([...image, count])), normal(w), normal([out])],
    fn: (...tensors) => [conv2d(tensors.slice(0, -2), tensors.at(-2)!, tensors.at(-1)!, { relu })],
    differentiable: Array.from({ length: sources.length + 2 }, (_, k) => k),
    tolerance: 1e-5,
  };
}

export const convolutions: Case[] = [
  ...LANES.flatMap((channels) => LANES.map((out, k) => convolution([2, 3, 5], [channels], out, 3, k % 2 === 0))),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((size) => convolution([1, size, 10 - size], [8], 8, 3, size % 2 === 0)),
  convolution([1, 1, 1], [1], 1, 3),
  convolution([2, 1, 1], [8], 16, 3, true),
  convolution([3, 8, 8], [16], 16, 3, true),
  convolution([1, 12, 20], [32], 32, 3),
  convolution([1, 6, 10], [16], 32, 3, true),
  convolution([1, 1, 130], [3], 8, 3),
  convolution([1, 130, 1], [4], 4, 3),
  convolution([2, 64, 64], [8], 16, 3, true),
  convolution([1, 40, 36], [24], 40, 3),
  convolution([5, 8, 8], [64], 64, 3),
  convolution([2, 4, 4], [520], 24, 3),
  convolution([1, 4, 4], [8], 520, 3, true),
  convolution([2, 6, 5], [8, 16], 8, 3, true),
  convolution([2, 13, 11], [8, 16], 24, 3, true),
  convolution([1, 7, 4], [1, 5, 3], 4, 3),
  convolution([1, 5, 9], [4, 8, 1, 3, 17], 9, 3, true),
  convolution([1, 16, 16], [32, 32, 32], 32, 3),
  ...LANES.map((channels, k) => convolution([2, 5, 7], [channels], LANES.at(-k)!, 1, k % 2 === 0)),
  convolution([1, 1, 1], [1], 1, 1),
  convolution([3, 4, 4], [16], 32, 1, true),
  convolution([1, 3, 3], [1, 5, 3], 4, 1),
  convolution([2, 5, 3], [4, 1, 3], 9, 1, true),
  convolution([2, 64, 64], [32], 1, 1),
  convolution([1, 16, 17], [32, 16], 4, 1),
];
