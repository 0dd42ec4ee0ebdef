/** What the kernels of the losses have in common: weights of classes, the parts of their workspace, and the sum at the end. */
import { InputError } from '../../../base/errors.js';
import { roundUp } from '../../../base/multiples.js';
import { ALIGNMENT } from '../buffers.js';
import { type Dispatch, type Operand, output, workspace } from '../kernel.js';

/** The weights in the structs of the shaders. */
const MOST_CLASSES = 256;

/** The weights of all classes, as the shaders have them; see parts/segmentation.wgsl. */
export function weightVectors(classWeights: readonly number[]): readonly number[] {
  const { length } = classWeights;
  if (length > MOST_CLASSES) {
    throw new InputError(`webgpu: losses take at most ${MOST_CLASSES} classes, got ${length}; take the wasm backend`);
  }
  return [...classWeights, ...new Array<number>(MOST_CLASSES - length).fill(0)];
}

/** Lays parts of so many elements one after the other in the workspace. */
export function workspaceParts<N extends string>(
  lengths: Readonly<Record<N, number>>,
): { readonly parts: Readonly<Record<N, Operand>>; readonly length: number } {
  let end = 0;
  const parts = Object.entries<number>(lengths).map(([name, length]) => {
    const part = workspace(end, length);
    end += roundUp(length, ALIGNMENT);
    return [name, part];
  });
  return { parts: Object.fromEntries(parts), length: end };
}

/** Writes the loss: `factor` times the sum of `count` pieces. */
export function total(pieces: Operand, count: number, factor = 1): Dispatch {
  return {
    shader: 'total',
    entry: 'total',
    buffers: [pieces, output(0)],
    uniforms: { integers: [count], floats: [factor] },
    groups: [1, 1, 1],
  };
}
