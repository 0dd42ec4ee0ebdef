/**
 * Concatenation along the channels. Convolutions read several inputs by themselves (`conv2d([a, b], …)`) and need no
 * concatenated copy; this op is for everything else.
 *
 * PyTorch: `cat(xs, 1)` and `split(y, channels, 1)`.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { activation, expect, show } from './check.js';

export interface ConcatGeometry {
  /** Pixels: batch x height x width. */
  readonly rows: number;
  /** Channels of each part. */
  readonly sources: readonly number[];
  readonly channels: number;
}

export const concatOp: Op<ConcatGeometry> = {
  name: 'concat',
  vjp: (node, [dy]) => {
    const shapes = node.inputs.map((input) => input.shape);
    return record(splitOp, [dy!], node.geometry, shapes);
  },
};

/** The inverse of `concat`: one input, an output for each part. */
export const splitOp: Op<ConcatGeometry> = { name: 'split' };

/** [N,H,W,C0], [N,H,W,C1], … -> [N,H,W,C0+C1+…]. */
export function concat(xs: readonly Tensor[]): Tensor {
  expect(xs.length > 0, 'concat', () => 'needs at least one input');
  const [batch, height, width] = activation('concat', 'x0', xs[0]!);
  for (const [k, x] of xs.entries()) {
    const [n, h, w] = activation('concat', `x${k}`, x);
    const same = n === batch && h === height && w === width;
    expect(same, 'concat', () => `inputs must agree except in channels, got ${show(xs[0]!)} and ${show(x)}`);
  }
  const sources = xs.map((x) => x.shape[3]!);
  const channels = sources.reduce((sum, count) => sum + count, 0);
  const geometry = { rows: batch * height * width, sources, channels };
  return record(concatOp, xs, geometry, [[batch, height, width, channels]])[0]!;
}
