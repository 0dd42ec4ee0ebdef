/**
 * Upsampling by two.
 *
 * PyTorch: `interpolate(x, scale_factor=2, mode='nearest' | 'bilinear', align_corners=…)`.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { activation } from './check.js';

export const interpolations = ['nearest', 'bilinear', 'bilinear-align-corners'] as const;
export type Interpolation = (typeof interpolations)[number];

export interface UpsampleGeometry {
  readonly batch: number;
  /** The rows of the input, and below its columns; the output has twice as many of both. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly interpolation: Interpolation;
}

export const upsample2dOp: Op<UpsampleGeometry> = {
  name: 'upsample2d',
  vjp: (node, [dy]) => record(upsample2dGradOp, [dy!], node.geometry, [node.inputs[0]!.shape]),
};

/** (dy) -> dx. */
export const upsample2dGradOp: Op<UpsampleGeometry> = { name: 'upsample2dGrad' };

/**
 * Doubles height and width.
 * @param x [N,H,W,C]
 * @returns [N,2H,2W,C]
 */
export function upsample2d(x: Tensor, interpolation: Interpolation): Tensor {
  const [batch, height, width, channels] = activation('upsample2d', 'x', x);
  const geometry = { batch, height, width, channels, interpolation };
  return record(upsample2dOp, [x], geometry, [[batch, 2 * height, 2 * width, channels]])[0]!;
}
