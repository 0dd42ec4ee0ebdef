/** The sizes of all dispatches of a program, laid in one buffer. */
import { roundUp } from '../../base/multiples.js';
import { FLOAT, WINDOW } from './buffers.js';
import type { Dispatch } from './kernel.js';

/** The range of a dispatch's struct, in bytes. */
export interface Range {
  readonly offset: number;
  readonly size: number;
}

/** A vector of four floats begins at a multiple of its size, and so ends a struct that has some. */
const VECTOR = 4 * FLOAT;

/** Lays the structs at multiples that they can be bound at. */
export function packUniforms(all: readonly Dispatch['uniforms'][]): { bytes: ArrayBuffer; ranges: readonly Range[] } {
  let end = 0;
  const ranges = all.map(({ integers = [], floats = [], vectors = [] }): Range => {
    const offset = end;
    const size = roundUp((integers.length + floats.length) * FLOAT, VECTOR) + roundUp(vectors.length * FLOAT, VECTOR);
    end = roundUp(offset + size, WINDOW);
    return { offset, size };
  });
  const bytes = new ArrayBuffer(Math.max(end, WINDOW));
  for (const [k, { integers = [], floats = [], vectors = [] }] of all.entries()) {
    const { offset } = ranges[k]!;
    const scalars = roundUp((integers.length + floats.length) * FLOAT, VECTOR);
    new Uint32Array(bytes, offset, integers.length).set(integers);
    new Float32Array(bytes, offset + integers.length * FLOAT, floats.length).set(floats);
    new Float32Array(bytes, offset + scalars, vectors.length).set(vectors);
  }
  return { bytes, ranges };
}
