/** Builds an ONNX graph: operators in order, and the constants that they read. */
import { invariant } from '../../base/errors.js';
import type { Attribute, OnnxNode } from '../../formats/onnx/onnx-file.js';
import type { StoredTensor } from '../../formats/safetensors.js';
import { leafOf, type Tensor } from '../../graph/graph.js';
import type { Shape } from '../../graph/shape.js';

export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  /** The constants that operators read, in that order. */
  readonly initializers = new Map<string, StoredTensor>();

  /**
   * @param names the names of the tensors that the user meets: inputs and outputs
   * @param weights the values of the parameters, by name, in PyTorch's layouts, which are ONNX's
   */
  constructor(
    readonly names: ReadonlyMap<Tensor, string>,
    readonly weights: ReadonlyMap<string, StoredTensor>,
  ) {}

  /** The name of an activation. */
  nameOf(tensor: Tensor): string {
    return this.names.get(tensor) ?? `t${tensor.node.id}`;
  }

  /**
   * The name of a parameter, whose values become part of the file.
   * @param shape where the operator needs another than the parameter's own
   */
  weight(tensor: Tensor, shape?: Shape): string {
    const name = leafOf(tensor)?.name;
    const stored = name === undefined ? undefined : this.weights.get(name);
    invariant(name !== undefined && stored, `ONNX export: ${name ?? this.nameOf(tensor)} is no parameter with values`);
    this.initializers.set(name, { ...stored, shape: shape ?? stored.shape });
    return name;
  }

  /** The name of a list of float32 constants. Lists of one name must be equal. */
  floats(name: string, values: readonly number[]): string {
    this.initializers.set(name, { dtype: 'F32', shape: [values.length], data: Float32Array.from(values) });
    return name;
  }

  /** The name of a list of whole numbers, such as the shape that Reshape reads. Lists of one name must be equal. */
  integers(name: string, values: readonly number[]): string {
    this.initializers.set(name, { dtype: 'I64', shape: [values.length], data: BigInt64Array.from(values, BigInt) });
    return name;
  }

  /** Appends a call of an operator and returns the name of its output. */
  add(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.nodes.push({ operator, inputs, output, attributes });
    return output;
  }
}
