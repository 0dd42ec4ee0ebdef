/** The checks that all ops make of their inputs; users read the errors. */
import { InputError } from '../base/errors.js';
import type { Tensor } from '../graph/graph.js';
import { formatShape, type Shape, sameShape } from '../graph/shape.js';

/** Throws `op: message` unless `condition` holds. */
export function expect(condition: boolean, op: string, message: () => string): void {
  if (!condition) throw new InputError(`${op}: ${message()}`);
}

/** The sizes of an activation [batch, height, width, channels]. */
export function activation(op: string, name: string, tensor: Tensor): [number, number, number, number] {
  expect(tensor.shape.length === 4, op, () => `${name} must be [batch,height,width,channels], got ${show(tensor)}`);
  return tensor.shape as unknown as [number, number, number, number];
}

export function expectShape(op: string, name: string, tensor: Tensor, shape: Shape): void {
  expect(sameShape(tensor.shape, shape), op, () => `${name} must be ${formatShape(shape)}, got ${show(tensor)}`);
}

export function show(tensor: Tensor): string {
  return formatShape(tensor.shape);
}
