/** The layers of the family as ONNX has them: convolutions, upsamplings, poolings, and the units that H is made of. */
import { show } from '../../base/show.js';
import type { Attribute, OnnxNode } from '../../formats/onnx/onnx-file.js';
import { formatShape } from '../../graph/shape.js';
import type { Upsampling } from '../../network/config.js';
import type { Interpolation } from '../../ops/index.js';
import { type FoundNorm, normOf } from './norms.js';
import { type Bound, numbers, vector, zeros } from './tensors.js';
import { ANY, type OnnxWalk } from './walk.js';

/** A convolution, also a transposed one. */
export interface Convolution {
  readonly node: OnnxNode;
  readonly tensors: { readonly weight: Bound; readonly bias: Bound };
}

/** A 3x3 convolution, its norm and a ReLU. */
export interface Unit {
  readonly convolution: Convolution;
  readonly norm: FoundNorm | undefined;
}

export interface Upsampled {
  readonly node: OnnxNode;
  readonly upsample: Upsampling;
  /** The tensors of a transposed convolution. */
  readonly tensors?: Convolution['tensors'];
}

/** The unit that computes input `k` of a node. */
export function unitBefore(walk: OnnxWalk, reader: OnnxNode, k: number): Unit {
  const relu = walk.before(reader, k, ['Relu']);
  return unitOf(walk, relu);
}

/** The unit that ends with a ReLU. */
export function unitOf(walk: OnnxWalk, relu: OnnxNode): Unit {
  const last = walk.before(relu, 0, ['Conv', 'BatchNormalization', 'InstanceNormalization', 'Add']);
  const norm = last.operator === 'Conv' ? undefined : normOf(walk, last);
  const node = norm ? walk.before(norm.first, 0, ['Conv']) : last;
  const convolution = convolutionOf(walk, node, 3);
  const channels = convolution.tensors.bias.tensor.shape[0]!;
  for (const { tensor } of Object.values(norm?.tensors ?? {})) {
    if (tensor.shape[0] === channels) continue;
    throw walk.misfit(norm!.node, `normalises ${tensor.shape[0]} channels, expected ${channels}`);
  }
  return { convolution, norm };
}

/** A convolution of stride 1 that keeps the size. */
export function convolutionOf(walk: OnnxWalk, node: OnnxNode, kernel: 1 | 3): Convolution {
  const pads = [1, 1, 1, 1];
  walk.checkAttributes(node, {
    ...(kernel === 3 && { required: { pads } }),
    optional: {
      ...(kernel === 1 && { pads: [0, 0, 0, 0] }),
      ...withoutExtras,
      kernel_shape: [kernel, kernel],
      strides: [1, 1],
    },
  });
  return { node, tensors: weightsOf(walk, node, kernel, 0) };
}

/** What convolutions may state, each as it is by default. */
const withoutExtras: Readonly<Record<string, Attribute>> = { auto_pad: 'NOTSET', dilations: [1, 1], group: 1 };

/** Weights and bias of a node; a bias that is left out is 0. @param outAxis the axis of the weights that is the outputs' */
function weightsOf(walk: OnnxWalk, node: OnnxNode, kernel: number, outAxis: 0 | 1): Convolution['tensors'] {
  const weight = walk.parameter(node, 1);
  const { shape } = weight;
  if (shape.length !== 4 || shape[2] !== kernel || shape[3] !== kernel || shape.includes(0)) {
    throw walk.misfit(
      node,
      `weights have shape ${formatShape(shape)}, expected channels, channels and ${kernel}x${kernel}`,
    );
  }
  const channels = shape[outAxis]!;
  const none = node.inputs[2] === undefined || node.inputs[2] === '';
  const bias = none ? zeros(channels) : vector(walk, node, 2);
  if (bias.shape[0] !== channels) {
    throw walk.misfit(node, `has ${bias.shape[0]} biases, expected ${channels}`);
  }
  return { weight: { tensor: weight, node }, bias: { tensor: bias, node } };
}

/** What Resize may say for each interpolation; with scales of 2 some ways of rounding are one. */
const RESIZES: readonly (readonly [Interpolation, mode: string, transformation: string, rounding?: string])[] = [
  ['nearest', 'nearest', 'asymmetric', 'floor'],
  ['nearest', 'nearest', 'half_pixel', 'round_prefer_floor'],
  ['nearest', 'nearest', 'half_pixel', 'round_prefer_ceil'],
  ['bilinear', 'linear', 'half_pixel'],
  ['bilinear', 'linear', 'pytorch_half_pixel'],
  ['bilinear-align-corners', 'linear', 'align_corners'],
];

/** An upsampling by two. @returns undefined for another node */
export function upsamplingOf(walk: OnnxWalk, node: OnnxNode): Upsampled | undefined {
  if (node.operator === 'ConvTranspose') {
    walk.checkAttributes(node, {
      required: { strides: [2, 2] },
      optional: { ...withoutExtras, kernel_shape: [2, 2], pads: [0, 0, 0, 0], output_padding: [0, 0] },
    });
    return { node, upsample: 'transposed', tensors: weightsOf(walk, node, 2, 1) };
  }
  return node.operator === 'Resize' ? { node, upsample: interpolationOf(walk, node) } : undefined;
}

function interpolationOf(walk: OnnxWalk, node: OnnxNode): Interpolation {
  walk.checkAttributes(node, {
    optional: {
      ...{ mode: ANY, coordinate_transformation_mode: ANY, nearest_mode: ANY, keep_aspect_ratio_policy: 'stretch' },
      ...{ cubic_coeff_a: ANY, extrapolation_value: ANY, exclude_outside: 0, antialias: 0 },
    },
  });
  const scales = numbers(walk.parameter(node, 2));
  if (!(scales.length === 4 && scales.every((scale, axis) => scale === (axis < 2 ? 1 : 2)))) {
    throw walk.misfit(node, `scales are ${show(scales)}, expected [1,1,2,2]`);
  }
  const [mode, transformation, rounding] = (
    [
      ['mode', 'nearest'],
      ['coordinate_transformation_mode', 'half_pixel'],
      ['nearest_mode', 'round_prefer_floor'],
    ] as const
  ).map(([name, byDefault]) => node.attributes.get(name) ?? byDefault);
  const known = RESIZES.find(
    ([, m, t, r]) => m === mode && t === transformation && (r === undefined || r === rounding),
  );
  if (known) return known[0];
  throw walk.misfit(
    node,
    `interpolates by ${mode}, ${transformation}, ${rounding}, expected nearest (asymmetric, floor) or linear (half_pixel or align_corners)`,
  );
}

/** Checks a 2x2 max pooling. */
export function checkPooling(walk: OnnxWalk, node: OnnxNode): void {
  walk.checkAttributes(node, {
    required: { kernel_shape: [2, 2], strides: [2, 2] },
    optional: { pads: [0, 0, 0, 0], dilations: [1, 1], ceil_mode: 0, storage_order: 0, auto_pad: 'NOTSET' },
  });
}
