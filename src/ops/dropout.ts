/**
 * Dropout (Srivastava et al., 2014): each element is zeroed with probability `rate`, the others divided by 1 - rate.
 * Element i of sample n is dropped when the first word of threefry(key of the sample, i, salt) is below rate 2^32, so
 * the mask depends on the sample and not on the batch that it came in.
 *
 * PyTorch: `dropout(x, rate, training=True)`, with other random numbers.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { sizeOf } from '../graph/shape.js';
import { expect, expectShape } from './check.js';

export interface DropoutGeometry {
  readonly batch: number;
  /** Elements of one sample. */
  readonly length: number;
  readonly rate: number;
  /** Tells the dropouts of one network apart. */
  readonly salt: number;
}

export const dropoutOp: Op<DropoutGeometry> = {
  name: 'dropout',
  inPlace: 0,
  vjp: (node, [dy]) => record(dropoutOp, [dy!, node.inputs[1]!], node.geometry, [dy!.shape]),
};

/**
 * Zeroes elements at random and scales the others up, so that the expected value stays.
 * @param x [N,...]
 * @param keys [N,4]: the 64-bit key of each sample in four 16-bit parts, low first (exact in float32)
 * @param rate in [0, 1)
 */
export function dropout(x: Tensor, keys: Tensor, rate: number, salt: number): Tensor {
  expect(rate >= 0 && rate < 1, 'dropout', () => `rate must be at least 0 and below 1, got ${rate}`);
  const batch = x.shape[0]!;
  expectShape('dropout', 'keys', keys, [batch, 4]);
  return record(dropoutOp, [x, keys], { batch, length: sizeOf(x.shape) / batch, rate, salt }, [x.shape])[0]!;
}
