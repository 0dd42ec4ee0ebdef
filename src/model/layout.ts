/**
 * PyTorch's layouts, which are used in files alone: convolution weights are HWIO here and OIHW there, transposed ones
 * HWIO here and IOHW there, running statistics [1,C] here and [C] there.
 */
import type { Values } from '../backend/backend.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import type { ParameterKind } from '../network/layers.js';

/** The axis of the source for each axis of the result. */
type Axes = readonly number[];

/** The order of PyTorch's axes by kind; kinds that are not listed have the same order on both sides. */
const TO_TORCH: { readonly [K in ParameterKind]?: Axes } = { conv2d: [3, 2, 0, 1], convTranspose2d: [2, 3, 0, 1] };
const FROM_TORCH: { readonly [K in ParameterKind]?: Axes } = { conv2d: [2, 3, 1, 0], convTranspose2d: [2, 3, 0, 1] };

/** PyTorch's shape of a parameter that has `shape` here. */
export function torchShape(kind: ParameterKind, shape: Shape): number[] {
  return TO_TORCH[kind]?.map((axis) => shape[axis]!) ?? [sizeOf(shape)];
}

/** The axis of PyTorch's that counts the output channels of a convolution, which is our last; undefined for other kinds. */
export function torchOutputAxis(kind: ParameterKind): number | undefined {
  return TO_TORCH[kind]?.indexOf(3);
}

/** A copy of a parameter's values in PyTorch's order. */
export function toTorch<T extends Values>(kind: ParameterKind, shape: Shape, data: T): T {
  return permute(data, shape, TO_TORCH[kind]);
}

/** A copy of a parameter's values, given in PyTorch's order, in ours; `shape` is ours. */
export function fromTorch<T extends Values>(kind: ParameterKind, shape: Shape, data: T): T {
  return permute(data, torchShape(kind, shape), FROM_TORCH[kind]);
}

/** Row-major `data` of `shape`, four axes, with its axes in another order. */
function permute<T extends Values>(data: T, shape: Shape, axes: Axes | undefined): T {
  const result = data.slice() as T;
  if (!axes) return result;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const [a, b, c, d] = axes.map((axis) => shape[axis]!) as [number, number, number, number];
  const [sa, sb, sc, sd] = axes.map((axis) => strides[axis]!) as [number, number, number, number];
  let at = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        for (let l = 0; l < d; l++) result[at++] = data[i * sa + j * sb + k * sc + l * sd]!;
      }
    }
  }
  return result;
}
