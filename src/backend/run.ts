/** Records, plans and executes a function of tensors in one go: for exploring and for tests. */
import { invariant } from '../base/errors.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import type { Backend, Program, Values } from './backend.js';

/** A tensor with its data, row-major. */
export interface NdArray {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

type Fn = (...tensors: Tensor[]) => readonly Tensor[];

/** Computes the outputs of `fn` on `arrays`. */
export async function run(backend: Backend, fn: Fn, ...arrays: NdArray[]): Promise<{ shape: Shape; data: Values }[]> {
  const { program, outputs } = launch(backend, fn, arrays);
  const values = outputs.map((output) => program.read(output));
  program.free();
  return (await Promise.all(values)).map((data, k) => ({ shape: outputs[k]!.shape, data }));
}

/** Runs `fn` on `arrays`, and returns the program and its outputs, ready to be read. */
export function launch<P extends Program>(
  backend: { compile(outputs: readonly Tensor[]): P },
  fn: Fn,
  arrays: readonly NdArray[],
): { readonly program: P; readonly outputs: readonly Tensor[] } {
  const graph = new Graph();
  const inputs = arrays.map(({ shape, data }, k) => {
    invariant(data.length === sizeOf(shape), `array ${k} has ${data.length} elements for shape [${shape}]`);
    return graph.input(`x${k}`, shape);
  });
  const outputs = fn(...inputs);
  const program = backend.compile(outputs);
  inputs.forEach((input, k) => {
    if (program.plan.offsets.has(input)) program.write(input, arrays[k]!.data);
  });
  program.run();
  return { program, outputs };
}
