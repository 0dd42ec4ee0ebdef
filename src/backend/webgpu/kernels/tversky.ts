/** The losses of Dice and Tversky. */
import type { TverskyGeometry } from '../../../ops/tversky.js';
import {
  type Dispatch,
  type Groups,
  input,
  invocations,
  type KernelsOf,
  type Operand,
  output,
  rows,
  WORKGROUP,
} from '../kernel.js';
import { total, weightVectors } from './loss.js';
import { workspaceParts } from './workspace.js';

/** Workgroups of pixels of an image, each of which leaves sums for each channel. */
const piecesOf = ({ positions }: TverskyGeometry): number => Math.ceil(positions / WORKGROUP);

/** Two sums for each image, channel and piece; then a term, or two slopes, for each image and channel. */
function partsOf(geometry: TverskyGeometry, results: 1 | 2) {
  const surfaces = geometry.batch * geometry.classes;
  return workspaceParts({ pieces: 2 * surfaces * piecesOf(geometry), results: results * surfaces });
}

function dispatch(entry: string, geometry: TverskyGeometry, buffers: readonly Operand[], groups: Groups): Dispatch {
  const { batch, positions, classes, squared, alpha, beta, classWeights } = geometry;
  return {
    shader: 'tversky',
    entry,
    buffers: [input(0), input(1), ...buffers],
    uniforms: {
      integers: [batch, positions, classes, piecesOf(geometry), squared ? 1 : 0],
      floats: [alpha, beta],
      vectors: weightVectors(classWeights),
    },
    groups,
  };
}

export const tversky: KernelsOf<'tversky' | 'tverskyGrad'> = {
  tversky: {
    workspace: (geometry) => partsOf(geometry, 1).length,
    dispatches(geometry) {
      const { pieces, results: terms } = partsOf(geometry, 1).parts;
      const surfaces = geometry.batch * geometry.classes;
      return [
        dispatch('sums', geometry, [pieces], rows(geometry.batch * piecesOf(geometry))),
        dispatch('values', geometry, [pieces, terms], rows(surfaces)),
        total(terms, surfaces),
      ];
    },
  },
  tverskyGrad: {
    workspace: (geometry) => partsOf(geometry, 2).length,
    dispatches(geometry) {
      const { batch, positions, classes } = geometry;
      const { pieces, results: slopes } = partsOf(geometry, 2).parts;
      const all = [pieces, slopes, input(2), output(0)];
      return [
        dispatch('sums', geometry, [pieces], rows(batch * piecesOf(geometry))),
        dispatch('derivatives', geometry, all, rows(batch * classes)),
        dispatch('gradient', geometry, all, invocations(batch * positions)),
      ];
    },
  },
};
