/** The graph of a file as it is walked, from its outputs back: what computes a value, what is constant, and who errs. */
import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { Attribute, OnnxGraph, OnnxNode } from '../../formats/onnx/onnx-file.js';
import type { StoredTensor } from '../../formats/safetensors.js';

/** Stands for a value of an attribute that makes no difference. */
export const ANY = Symbol('any value');

/** The attributes that a node may have, and what they must be. */
export interface Expected {
  /** Those that must be there, as their defaults are others. */
  readonly required?: Readonly<Record<string, Attribute>>;
  /** Those that are so by default. */
  readonly optional?: Readonly<Record<string, Attribute | typeof ANY>>;
}

/** TensorProto.DataType of float32. */
const FLOAT32 = 1;

export class OnnxWalk {
  readonly #producers = new Map<string, OnnxNode>();
  readonly #constants: Map<string, StoredTensor>;

  /** @throws InputError for a graph whose nodes are not each after those whose outputs it reads */
  constructor(
    readonly graph: OnnxGraph,
    readonly file: string,
  ) {
    this.#constants = new Map(graph.initializers);
    const known = new Set([...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
    for (const node of graph.nodes) {
      const stray = node.inputs.find((input) => input !== '' && !known.has(input));
      if (stray !== undefined) throw this.misfit(node, `reads ${show(stray)}, which nothing before it computes`);
      for (const output of node.outputs) {
        if (output === '') continue;
        if (known.has(output)) throw this.misfit(node, `computes ${show(output)}, which is there already`);
        known.add(output);
        this.#producers.set(output, node);
      }
      const constant = constantOf(node, (value) => this.constant(value));
      if (constant) this.#constants.set(node.outputs[0]!, constant);
    }
  }

  /** The error for a node that no network of the family has. */
  misfit({ name, operator, outputs }: OnnxNode, what: string): InputError {
    return this.refusal(`node ${show(name || outputs[0])} (${operator}): ${what}`);
  }

  refusal(what: string): InputError {
    return new InputError(`${this.file}: ${what}; only a network of the UNet++ family can be imported`);
  }

  /** The value that a name stands for, behind nodes that change nothing. */
  resolve(value: string): string {
    let [at, node] = [value, this.#producers.get(value)];
    while (node && isPassing(node, at)) [at, node] = [node.inputs[0]!, this.#producers.get(node.inputs[0]!)];
    return at;
  }

  /** The node that computes a value; undefined for an input of the graph and for a constant. */
  producer(value: string): OnnxNode | undefined {
    const node = this.#producers.get(this.resolve(value));
    return node && this.#constants.has(node.outputs[0]!) ? undefined : node;
  }

  /** The node that computes input `k` of `reader`, which must be a call of one of the operators. */
  before(reader: OnnxNode, k: number, operators: readonly string[]): OnnxNode {
    const value = reader.inputs[k];
    const node = value === undefined ? undefined : this.producer(value);
    if (node && operators.includes(node.operator)) return node;
    const expected = `expected ${operators.join(' or ')}`;
    if (node) throw this.misfit(node, `${expected} before ${show(reader.name || reader.outputs[0])}`);
    throw this.misfit(reader, `reads ${show(value)}, ${expected} before it`);
  }

  constant(value: string | undefined): StoredTensor | undefined {
    return value === undefined ? undefined : this.#constants.get(this.resolve(value));
  }

  /** Input `k` of a node, which must be constant. */
  parameter(node: OnnxNode, k: number): StoredTensor {
    const tensor = this.constant(node.inputs[k]);
    if (tensor) return tensor;
    throw this.misfit(node, `input ${k} is ${show(node.inputs[k])}, expected a constant`);
  }

  /** Checks all attributes of a node. */
  checkAttributes(node: OnnxNode, { required = {}, optional = {} }: Expected): void {
    const expected = new Map([...Object.entries(required), ...Object.entries(optional)]);
    for (const [name, value] of node.attributes) {
      if (!expected.has(name)) throw this.misfit(node, `attribute ${show(name)} is not expected here`);
      const right = expected.get(name);
      if (right !== ANY && !deepEqual(value, right)) {
        throw this.misfit(node, `${name} is ${show(plain(value))}, expected ${show(plain(right!))}`);
      }
    }
    const missing = Object.keys(required).find((name) => !node.attributes.has(name));
    if (missing) throw this.misfit(node, `${missing} is not stated, expected ${show(required[missing])}`);
  }
}

/** Whether a node gives its first input as it is. */
function isPassing({ operator, outputs, attributes }: OnnxNode, value: string): boolean {
  if (operator === 'Identity') return true;
  if (operator === 'Dropout') return outputs[0] === value;
  return operator === 'Cast' && attributes.get('to') === FLOAT32;
}

/** The most numbers that are put together of constants. */
const MOST_NUMBERS = 64;

/** What a node gives that is a constant, or a short list put together of constants, as exporters write sizes. */
function constantOf(
  { operator, inputs, attributes }: OnnxNode,
  constant: (value: string) => StoredTensor | undefined,
): StoredTensor | undefined {
  if (operator === 'Constant') {
    const [value] = attributes.values();
    if (typeof value !== 'object') return undefined;
    if ('tensor' in value) return value.tensor;
    if ('floats' in value) return listOf(value.floats);
  }
  if (operator !== 'Concat' || attributes.get('axis') !== 0) return undefined;
  const parts = inputs.map(constant);
  const isShort = parts.every((part) => part?.shape.length === 1 && part.data.length <= MOST_NUMBERS);
  return isShort ? listOf(parts.flatMap((part) => Array.from(part!.data, Number))) : undefined;
}

function listOf(values: readonly number[]): StoredTensor {
  return { dtype: 'F32', shape: [values.length], data: Float32Array.from(values) };
}

/** An attribute as errors show it. */
function plain(value: Attribute): unknown {
  return typeof value === 'object' && 'float' in value ? value.float : value;
}
