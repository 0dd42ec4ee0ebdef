/** What the kernels of the losses have in common: weights of classes, and the sum at the end. */
import { InputError } from '../../../base/errors.js';
import { type Dispatch, type Operand, output } from '../kernel.js';

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
