/**
 * 3x3 ('same', stride 1) and 1x1 convolution with bias, optionally followed by ReLU.
 *
 * PyTorch: `conv2d(cat(xs, 1), w, b, padding=k // 2)`; weights there are OIHW, here HWIO.
 */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { reluGrad } from './activation.js';
import { activation, expect, expectShape, show } from './check.js';

export interface ConvGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** The channels of each input. The inputs are read as one tensor, concatenated along the channels, without a copy. */
  readonly sources: readonly number[];
  /** The sum of `sources`. */
  readonly inChannels: number;
  readonly outChannels: number;
  /** Rows and columns of the kernel: 1 or 3. */
  readonly kernel: number;
  /** Whether ReLU follows. */
  readonly relu: boolean;
}

const macs = (g: ConvGeometry): number =>
  g.batch * g.height * g.width * g.kernel * g.kernel * g.inChannels * g.outChannels;

export const conv2dOp: Op<ConvGeometry> = {
  name: 'conv2d',
  macs,
  vjp(node, [dy], needs) {
    const xs = node.inputs.slice(0, -2);
    const w = node.inputs.at(-2)!;
    const dz = node.geometry.relu ? reluGrad(node.outputs[0]!, dy!) : dy!;
    const geometry = { ...node.geometry, relu: false };
    const shapes = [w.shape, [geometry.outChannels]];
    // First, so that inputs that nothing else reads make room for the gradients of all.
    const [dw, db] = needs.at(-2) || needs.at(-1) ? record(conv2dGradWeightOp, [...xs, dz], geometry, shapes) : [];
    const dxs = xs.some((_, k) => needs[k])
      ? record(conv2dGradInputOp, [dz, w], geometry, xs.map(shapeOf))
      : xs.map(() => undefined);
    return [...dxs, dw, db];
  },
};

/** (dy, w) -> the gradient of each input. The geometry is that of the forward call. */
export const conv2dGradInputOp: Op<ConvGeometry> = { name: 'conv2dGradInput', macs };

/** (x..., dy) -> the gradients of the weights and of the bias. The geometry is that of the forward call. */
export const conv2dGradWeightOp: Op<ConvGeometry> = { name: 'conv2dGradWeight', macs };

/**
 * Convolves with stride 1 and zero padding that keeps the size.
 * @param x [N,H,W,C], or several that are read as if concatenated along the channels
 * @param w [k,k,C,O], k = 1 or 3
 * @param b [O]
 * @returns [N,H,W,O]
 */
export function conv2d(x: Tensor | readonly Tensor[], w: Tensor, b: Tensor, options: { relu?: boolean } = {}): Tensor {
  const xs = Array.isArray(x) ? (x as readonly Tensor[]) : [x as Tensor];
  expect(xs.length > 0, 'conv2d', () => 'needs at least one input');
  const [batch, height, width] = activation('conv2d', 'x', xs[0]!);
  for (const [k, other] of xs.entries()) {
    const [n, h, v] = activation('conv2d', `x${k}`, other);
    const same = n === batch && h === height && v === width;
    expect(same, 'conv2d', () => `inputs must agree except in channels, got ${show(xs[0]!)} and ${show(other)}`);
  }
  const sources = xs.map((tensor) => tensor.shape[3]!);
  const inChannels = sources.reduce((sum, channels) => sum + channels, 0);
  const [kernel = 0, kernelWidth, expected, outChannels = 0] = w.shape;
  expect(
    w.shape.length === 4 && kernel === kernelWidth && (kernel === 1 || kernel === 3),
    'conv2d',
    () => `w must be [3,3,in,out] or [1,1,in,out], got ${show(w)}`,
  );
  expect(expected === inChannels, 'conv2d', () => {
    const given = xs.length === 1 ? `x has ${inChannels}` : `the inputs have ${sources.join('+')} = ${inChannels}`;
    return `w expects ${expected} input channels, ${given} (x ${xs.map(show).join(' ')}, w ${show(w)})`;
  });
  expectShape('conv2d', 'b', b, [outChannels]);
  const geometry: ConvGeometry = {
    batch,
    height,
    width,
    sources,
    inChannels,
    outChannels,
    kernel,
    relu: options.relu ?? false,
  };
  return record(conv2dOp, [...xs, w, b], geometry, [[batch, height, width, outChannels]])[0]!;
}

function shapeOf(tensor: Tensor): Tensor['shape'] {
  return tensor.shape;
}
