/** Builds an ONNX graph: operators in order, and the constants that they read. */
import { invariant } from '../../base/errors.js';
import type { Attribute, OnnxNode } from '../../formats/onnx/onnx-file.js';
import type { StoredTensor } from '../../formats/safetensors.js';
import { leafOf, type Tensor } from '../../graph/graph.js';
import type { Shape } from '../../graph/shape.js';

export interface BuilderOptions {
  /** The values of the parameters, by name, in PyTorch's layouts, which are ONNX's. Default: there are none. */
  readonly weights?: ReadonlyMap<string, StoredTensor>;
  /** Whether height and width of the graph's tensors are those of the file, so that they may be constants of it. */
  readonly isFixed?: boolean;
}

export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  /** The constants that operators read, in that order. */
  readonly initializers = new Map<string, StoredTensor>();
  readonly isFixed: boolean;
  readonly #weights: ReadonlyMap<string, StoredTensor>;
  readonly #names = new Map<Tensor, string>();

  constructor({ weights = new Map(), isFixed = false }: BuilderOptions = {}) {
    this.#weights = weights;
    this.isFixed = isFixed;
  }

  /** Gives a tensor a name; the others are called by the number of their node. */
  call(tensor: Tensor, name: string): void {
    this.#names.set(tensor, name);
  }

  /** The name of an activation. */
  nameOf(tensor: Tensor): string {
    return this.#names.get(tensor) ?? `t${tensor.node.id}`;
  }

  /** The values of a parameter. */
  valuesOf(tensor: Tensor): { readonly name: string; readonly stored: StoredTensor } {
    const name = leafOf(tensor)?.name;
    const stored = name === undefined ? undefined : this.#weights.get(name);
    invariant(name !== undefined && stored, `ONNX export: ${name ?? this.nameOf(tensor)} is no parameter with values`);
    return { name, stored };
  }

  /**
   * The name of a parameter, whose values become part of the file.
   * @param shape where the operator needs another than the parameter's own
   */
  weight(tensor: Tensor, shape?: Shape): string {
    const { name, stored } = this.valuesOf(tensor);
    return this.constant(name, { ...stored, shape: shape ?? stored.shape });
  }

  /** The name of a list of float32 constants. Lists of one name must be equal. */
  floats(name: string, values: readonly number[]): string {
    return this.constant(name, { dtype: 'F32', shape: [values.length], data: Float32Array.from(values) });
  }

  /** The name of a list of whole numbers, such as the shape that Reshape reads. Lists of one name must be equal. */
  integers(name: string, values: readonly number[]): string {
    return this.constant(name, { dtype: 'I64', shape: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  constant(name: string, tensor: StoredTensor): string {
    this.initializers.set(name, tensor);
    return name;
  }

  /** Appends a call of an operator and returns the name of its output, which is that of the call, too. */
  add(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const map = new Map(Object.entries(attributes));
    this.nodes.push({ name: output, operator, inputs, outputs: [output], attributes: map });
    return output;
  }
}
