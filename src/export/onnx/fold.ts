/**
 * Batch norm by running statistics as a part of the convolution before it: both are linear, so that together they are
 * one convolution. Other programs then have nothing to fold and nothing to get wrong, such as the epsilon.
 */
import type { StoredTensor } from '../../formats/safetensors.js';
import { leafOf, type Node, type Tensor } from '../../graph/graph.js';
import type { Geometries } from '../../ops/index.js';
import type { OnnxBuilder } from './onnx-builder.js';

/** Whether a node normalises a convolution by running statistics. */
export function isFoldable(node: Node): boolean {
  const [x, mean] = node.inputs;
  if (node.op.name !== 'normalise' || !leafOf(mean!)) return false;
  const { op, geometry } = x!.node as Node<Geometries['conv2d']>;
  return op.name === 'conv2d' && !geometry.relu;
}

/**
 * The names of the weights [O,I,k,k] and the bias [O] that convolve and normalise at once. They are computed in float64
 * and rounded once.
 */
export function foldedWeights(onnx: OnnxBuilder, [w, b]: readonly Tensor[], norm: Node): string[] {
  const [mean, variance, gamma, beta] = norm.inputs.slice(1).map((tensor) => onnx.valuesOf(tensor).stored.data);
  const { name: weightName, stored: weights } = onnx.valuesOf(w!);
  const { name: biasName, stored: bias } = onnx.valuesOf(b!);
  const { epsilon } = (norm as Node<Geometries['normalise']>).geometry;
  const outChannels = bias.data.length;
  const perChannel = weights.data.length / outChannels;
  const rates = Array.from({ length: outChannels }, (_, o) => {
    return Number(gamma![o]) / Math.sqrt(Number(variance![o]) + epsilon);
  });
  return [
    [
      weightName,
      weights.shape,
      weights.data.length,
      (i: number) => {
        return Number(weights.data[i]) * rates[Math.floor(i / perChannel)]!;
      },
    ] as const,
    [
      biasName,
      bias.shape,
      outChannels,
      (o: number) => {
        return (Number(bias.data[o]) - Number(mean![o])) * rates[o]! + Number(beta![o]);
      },
    ] as const,
  ].map(([name, shape, length, value]) => {
    const tensor: StoredTensor = { dtype: 'F32', shape, data: Float32Array.from({ length }, (_, i) => value(i)) };
    return onnx.constant(name, tensor);
  });
}
