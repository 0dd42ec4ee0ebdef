/**
 * 2x2 transposed convolution with stride 2 and bias: every input pixel becomes a 2x2 block.
 *
 * PyTorch: `conv_transpose2d(x, w, b, stride=2)`; weights there are IOHW, here HWIO.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { activation, expect, expectShape, show } from './check.js';

export interface TransposedGeometry {
  readonly batch: number;
  /** The rows of the input, and below its columns; the output has twice as many of both. */
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

const macs = (g: TransposedGeometry): number => 4 * g.batch * g.height * g.width * g.inChannels * g.outChannels;

export const convTranspose2dOp: Op<TransposedGeometry> = {
  name: 'convTranspose2d',
  macs,
  vjp(node, [dy], needs) {
    const [x, w] = node.inputs as [Tensor, Tensor];
    const { geometry } = node;
    const dx = needs[0] ? record(convTranspose2dGradInputOp, [dy!, w], geometry, [x.shape])[0] : undefined;
    if (!needs[1] && !needs[2]) return [dx];
    return [dx, ...record(convTranspose2dGradWeightOp, [x, dy!], geometry, [w.shape, [geometry.outChannels]])];
  },
};

/** (dy, w) -> dx. */
export const convTranspose2dGradInputOp: Op<TransposedGeometry> = { name: 'convTranspose2dGradInput', macs };

/** (x, dy) -> the gradients of the weights and of the bias. */
export const convTranspose2dGradWeightOp: Op<TransposedGeometry> = { name: 'convTranspose2dGradWeight', macs };

/**
 * Makes a 2x2 block of each pixel.
 * @param x [N,H,W,C]
 * @param w [2,2,C,O]
 * @param b [O]
 * @returns [N,2H,2W,O]
 */
export function convTranspose2d(x: Tensor, w: Tensor, b: Tensor): Tensor {
  const [batch, height, width, inChannels] = activation('convTranspose2d', 'x', x);
  const [rows, columns, expected, outChannels = 0] = w.shape;
  const square = w.shape.length === 4 && rows === 2 && columns === 2;
  expect(square, 'convTranspose2d', () => `w must be [2,2,in,out], got ${show(w)}`);
  expect(
    expected === inChannels,
    'convTranspose2d',
    () => `w expects ${expected} input channels, x has ${inChannels} (x ${show(x)}, w ${show(w)})`,
  );
  expectShape('convTranspose2d', 'b', b, [outChannels]);
  const geometry = { batch, height, width, inChannels, outChannels };
  return record(convTranspose2dOp, [x, w, b], geometry, [[batch, 2 * height, 2 * width, outChannels]])[0]!;
}
