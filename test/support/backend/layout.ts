/** Conversion of PyTorch's layouts to ours. */
import type { NdArray } from '../../../src/backend/run.js';

/** Activations [N,C,H,W] -> [N,H,W,C]. */
export const toNhwc = (array: NdArray): NdArray => permute(array, [0, 2, 3, 1]);

/** Weights of `Conv2d` [O,C,k,k] -> [k,k,C,O]. */
export const convWeight = (array: NdArray): NdArray => permute(array, [2, 3, 1, 0]);

/** Weights of `ConvTranspose2d` [C,O,2,2] -> [2,2,C,O]. */
export const transposedWeight = (array: NdArray): NdArray => permute(array, [2, 3, 0, 1]);

/** The array with its axes in another order: axis k of the result is axis order[k] of `array`. */
export function permute({ shape, data }: NdArray, order: readonly number[]): NdArray {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const result = {
    shape: order.map((axis) => shape[axis]!),
    data: new Float64Array(data.length),
  };
  const index = order.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    result.data[i] = data[index.reduce((at, position, k) => at + position * strides[order[k]!]!, 0)]!;
    for (let k = index.length - 1; k >= 0 && ++index[k]! === result.shape[k]; k--) index[k] = 0;
  }
  return result;
}
