/** The sizes of a tensor, outermost first; activations are [batch, height, width, channels] (NHWC). */
export type Shape = readonly number[];

/** The number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Writes a shape as errors show it: `[2,96,96,3]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}
