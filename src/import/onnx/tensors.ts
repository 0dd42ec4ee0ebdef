/** Tensors of a file, as the layers that read them have them. */
import type { OnnxNode } from '../../formats/onnx/onnx-file.js';
import type { StoredTensor } from '../../formats/safetensors.js';
import { formatShape, sizeOf } from '../../graph/shape.js';
import type { OnnxWalk } from './walk.js';

/** A tensor, and the node that reads it. */
export interface Bound {
  readonly tensor: StoredTensor;
  readonly node: OnnxNode;
}

/** The tensors of a layer by the last parts of PyTorch's names: `weight`, `bias`, `running_mean`. */
export type Tensors = Readonly<Record<string, Bound>>;

export function zeros(length: number): StoredTensor {
  return { dtype: 'F32', shape: [length], data: new Float32Array(length) };
}

/** Input `k` of a node as a list of one value per channel, whatever axes of size 1 it has. */
export function vector(walk: OnnxWalk, node: OnnxNode, k: number): StoredTensor {
  const tensor = walk.parameter(node, k);
  const channels = sizeOf(tensor.shape);
  if (tensor.shape.filter((size) => size !== 1).length <= 1) return { ...tensor, shape: [channels] } as StoredTensor;
  throw walk.misfit(node, `input ${k} has shape ${formatShape(tensor.shape)}, expected one value per channel`);
}

/** The most numbers of a list that says how a node works. */
const MOST = 64;

/** The numbers of a short list; of a long one, which fits no node, the first. */
export function numbers({ data }: StoredTensor): number[] {
  return Array.from(data.subarray(0, MOST), Number);
}
