/** Cross-entropy with focal modulation. */
import type { CrossEntropyGeometry } from '../../../ops/cross-entropy.js';
import {
  type Dispatch,
  input,
  invocations,
  type KernelsOf,
  type Operand,
  output,
  WORKGROUP,
  workspace,
} from '../kernel.js';
import { total, weightVectors } from './loss.js';

/** An invocation for each pixel. */
function dispatch(
  entry: string,
  { batch, positions, classes, gamma, classWeights }: CrossEntropyGeometry,
  buffers: readonly Operand[],
): Dispatch {
  const pixels = batch * positions;
  return {
    shader: 'cross-entropy',
    entry,
    buffers: [input(0), input(1), ...buffers],
    uniforms: { integers: [pixels, classes], floats: [gamma], vectors: weightVectors(classWeights) },
    groups: invocations(pixels),
  };
}

/** The workgroups of pixels, each of which leaves a sum. */
const piecesOf = ({ batch, positions }: CrossEntropyGeometry): number => Math.ceil((batch * positions) / WORKGROUP);

export const crossEntropy: KernelsOf<'crossEntropy' | 'crossEntropyGrad'> = {
  crossEntropy: {
    workspace: piecesOf,
    dispatches(geometry) {
      const count = piecesOf(geometry);
      const pieces = workspace(0, count);
      return [dispatch('sums', geometry, [pieces]), total(pieces, count, 1 / (geometry.batch * geometry.positions))];
    },
  },
  crossEntropyGrad: {
    dispatches: (geometry) => [dispatch('gradient', geometry, [input(2), output(0)])],
  },
};
