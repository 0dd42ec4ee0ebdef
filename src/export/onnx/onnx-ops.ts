/**
 * ONNX's operators for each of our ops that inference uses. Activations are NCHW there, and a concatenation, a ReLU or a
 * normalisation over groups is an operator of its own.
 *
 * An op is added here as one more entry of the table; `test/export/onnx/onnx.test.ts` compares its results.
 */
import { InputError, invariant } from '../../base/errors.js';
import type { Attribute } from '../../formats/onnx/onnx-file.js';
import { leafOf, liveNodes, type Node, type Tensor } from '../../graph/graph.js';
import type { Geometries, Interpolation, OpName } from '../../ops/index.js';
import { foldedWeights, isFoldable } from './fold.js';
import type { OnnxBuilder } from './onnx-builder.js';

/**
 * Appends the operators that compute the output of `node`.
 * @param next the only node that reads it, where there is but one
 */
type Translation<G> = (node: Node<G>, onnx: OnnxBuilder, next: Node | undefined) => void;

/** How ONNX describes our ways of interpolating. */
const RESIZE: { readonly [K in Interpolation]: Readonly<Record<string, Attribute>> } = {
  nearest: { coordinate_transformation_mode: 'asymmetric', mode: 'nearest', nearest_mode: 'floor' },
  bilinear: { coordinate_transformation_mode: 'half_pixel', mode: 'linear' },
  'bilinear-align-corners': { coordinate_transformation_mode: 'align_corners', mode: 'linear' },
};

const TRANSLATIONS: { readonly [K in OpName]?: Translation<Geometries[K]> } = {
  conv2d({ inputs, outputs, geometry: { kernel, relu } }, onnx, next) {
    const xs = inputs.slice(0, -2).map((x) => onnx.nameOf(x));
    const norm = next && isFoldable(next) ? next : undefined;
    const parameters = inputs.slice(-2);
    const weights = norm ? foldedWeights(onnx, parameters, norm) : parameters.map((w) => onnx.weight(w));
    const y = onnx.nameOf((norm?.outputs ?? outputs)[0]!);
    const x = xs.length === 1 ? xs[0]! : onnx.add('Concat', xs, `${y}/concatenated`, { axis: 1 });
    const pad = (kernel - 1) / 2;
    const z = onnx.add('Conv', [x, ...weights], relu ? `${y}/convolved` : y, {
      kernel_shape: [kernel, kernel],
      pads: [pad, pad, pad, pad],
      strides: [1, 1],
    });
    if (relu) onnx.add('Relu', [z], y);
  },

  convTranspose2d({ inputs: [x, w, b], outputs }, onnx) {
    const inputs = [onnx.nameOf(x!), onnx.weight(w!), onnx.weight(b!)];
    onnx.add('ConvTranspose', inputs, onnx.nameOf(outputs[0]!), { kernel_shape: [2, 2], strides: [2, 2] });
  },

  maxPool2d: single('MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }),

  upsample2d({ inputs, outputs, geometry: { interpolation } }, onnx) {
    const scales = onnx.floats('scales', [1, 1, 2, 2]);
    const region = '';
    onnx.add('Resize', [onnx.nameOf(inputs[0]!), region, scales], onnx.nameOf(outputs[0]!), RESIZE[interpolation]);
  },

  /** Writes nothing: ONNX takes moments and normalises by them in one operator, that of `normalise`. */
  moments({ op, geometry: { perImage } }) {
    if (!perImage) throw untranslatable(`${op.name} of a whole batch`);
  },

  normalise(node, onnx) {
    // It is a part of the convolution before it.
    if (isFoldable(node)) return;
    const [x, mean, , gamma, beta] = node.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
    if (leafOf(mean)) throw untranslatable('batch norm of what is no convolution');
    const y = onnx.nameOf(node.outputs[0]!);
    const epsilon = { float: node.geometry.epsilon };
    invariant(mean.node.inputs[0] === x, 'ONNX export: a tensor is normalised by the moments of another');
    const { groups, channels } = node.geometry;
    if (groups === channels) {
      const inputs = [onnx.nameOf(x), onnx.weight(gamma), onnx.weight(beta)];
      onnx.add('InstanceNormalization', inputs, y, { epsilon });
    } else normaliseGroups(node, onnx);
  },

  relu: single('Relu'),
  sigmoid: single('Sigmoid'),
  softmax: single('Softmax', { axis: 1 }),

  weightedSum({ inputs, outputs, geometry: { weights } }, onnx) {
    const y = onnx.nameOf(outputs[0]!);
    const terms = inputs.map((x, k) => {
      const factor = onnx.floats(`${y}/weight${k}`, [weights[k]!]);
      return onnx.add('Mul', [onnx.nameOf(x), factor], `${y}/term${k}`);
    });
    onnx.add('Sum', terms, y);
  },
};

/**
 * Appends the operators of the part of a graph that `outputs` need.
 * @throws InputError for an op that has no translation, by name
 */
export function translate(outputs: readonly Tensor[], onnx: OnnxBuilder): void {
  const translations = TRANSLATIONS as Readonly<Record<string, Translation<unknown> | undefined>>;
  const nodes = liveNodes(outputs).filter((node) => !leafOf(node.outputs[0]!));
  for (const node of nodes) {
    const translation = translations[node.op.name];
    if (!translation) throw untranslatable(node.op.name);
    const readers = nodes.filter(({ inputs }) => inputs.some((input) => input.node === node));
    translation(node, onnx, readers.length === 1 ? readers[0] : undefined);
  }
}

/** An op of one input that is one operator. */
function single(operator: string, attributes: Readonly<Record<string, Attribute>> = {}): Translation<unknown> {
  return ({ inputs, outputs }, onnx) => {
    onnx.add(operator, [onnx.nameOf(inputs[0]!)], onnx.nameOf(outputs[0]!), attributes);
  };
}

/**
 * Group normalisation in terms of instance normalisation: the channels of a group, laid one after the other, are one
 * channel. An operator of its own came with set 18, and with gamma for each channel only with set 21. Where the size of
 * images is fixed, shapes are constants: OpenCV reads no others.
 */
function normaliseGroups({ inputs, outputs, geometry }: Node<Geometries['normalise']>, onnx: OnnxBuilder): void {
  const [x, , , gamma, beta] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const { groups } = geometry;
  const y = onnx.nameOf(outputs[0]!);
  const perChannel = [channels, 1, 1];
  const ones = onnx.floats(`ones${groups}`, new Array<number>(groups).fill(1));
  const zeros = onnx.floats(`zeros${groups}`, new Array<number>(groups).fill(0));
  // To Reshape, 0 is the size that the axis has, and -1 what is left.
  const grouped = onnx.add(
    'Reshape',
    [onnx.nameOf(x), onnx.integers(`groups${groups}`, [0, groups, -1])],
    `${y}/groups`,
  );
  const epsilon = { float: geometry.epsilon };
  const normalised = onnx.add('InstanceNormalization', [grouped, ones, zeros], `${y}/normalised`, { epsilon });
  const shape = onnx.isFixed
    ? onnx.integers(`${y}/shape`, [0, channels, height, width])
    : onnx.add('Shape', [onnx.nameOf(x)], `${y}/shape`);
  const restored = onnx.add('Reshape', [normalised, shape], `${y}/restored`);
  const scaled = onnx.add('Mul', [restored, onnx.weight(gamma, perChannel)], `${y}/scaled`);
  onnx.add('Add', [scaled, onnx.weight(beta, perChannel)], y);
}

function untranslatable(what: string): InputError {
  return new InputError(`ONNX export: there is no translation of ${what}; export a graph recorded for inference`);
}
