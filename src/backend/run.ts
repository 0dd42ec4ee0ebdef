/** Records, plans and executes a function of tensors at once: for exploring and for tests. */
import { invariant } from '../base/errors.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import type { Backend, Values } from './backend.js';

/** A tensor with its data, row-major. */
export interface NdArray {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** The outputs of `fn` on `arrays`, as arrays. */
export function run(
  backend: Backend,
  fn: (...tensors: Tensor[]) => readonly Tensor[],
  ...arrays: NdArray[]
): { shape: Shape; data: Values }[] {
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
  return outputs.map((output) => ({ shape: output.shape, data: program.read(output) }));
}
