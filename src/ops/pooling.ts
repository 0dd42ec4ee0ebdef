/**
 * 2x2 max pooling with stride 2.
 *
 * PyTorch: `max_pool2d(x, 2)`. On a tie the gradient goes to the first maximum of the window in row-major order.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { activation, expect, show } from './check.js';

export interface PoolGeometry {
  readonly batch: number;
  /** The rows of the output, and below its columns; the input has twice as many of both. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export const maxPool2dOp: Op<PoolGeometry> = {
  name: 'maxPool2d',
  vjp(node, [dy]) {
    const x = node.inputs[0]!;
    return record(maxPool2dGradOp, [x, dy!], node.geometry, [x.shape]);
  },
};

/** (x, dy) -> dx. */
export const maxPool2dGradOp: Op<PoolGeometry> = { name: 'maxPool2dGrad' };

/**
 * Takes the maximum of each 2x2 window.
 * @param x [N,H,W,C], H and W even
 * @returns [N,H/2,W/2,C]
 */
export function maxPool2d(x: Tensor): Tensor {
  const [batch, height, width, channels] = activation('maxPool2d', 'x', x);
  const even = height % 2 === 0 && width % 2 === 0;
  expect(even, 'maxPool2d', () => `height and width must be even, got ${height}x${width} (x ${show(x)})`);
  const geometry = { batch, height: height / 2, width: width / 2, channels };
  return record(maxPool2dOp, [x], geometry, [[batch, height / 2, width / 2, channels]])[0]!;
}
