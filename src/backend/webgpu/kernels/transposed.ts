/** The 2x2 transposed convolution and its gradients, as tiled matrix products. */
import { roundUp } from '../../../base/multiples.js';
import type { TransposedGeometry } from '../../../ops/transposed.js';
import { type Dispatch, input, type KernelsOf, type Operand, output, rows } from '../kernel.js';
import { type Matrices, partsLength, sumPixels } from './columns.js';
import { addPieces } from './pieces.js';
import { workspaceParts } from './workspace.js';

/** Rows and columns of a tile of parts/gemm.wgsl, which counts columns in quads. */
const TILE = 64;
const QUAD = 4;

/** Workgroups that make the gradient of the weights, about, and the pixels that each adds at least. */
const ENOUGH_GROUPS = 256;
const LEAST_PIXELS = 64;

type Ops = 'convTranspose2d' | 'convTranspose2dGradInput' | 'convTranspose2dGradWeight';

const pixelsOf = ({ batch, height, width }: TransposedGeometry): number => batch * height * width;
const quadsOf = (channels: number): number => Math.ceil(channels / QUAD);
const tilesOf = (rows: number, quads: number): number => Math.ceil(rows / TILE) * Math.ceil((QUAD * quads) / TILE);

/** A product, of the geometry that all three have in common. */
function product(
  g: TransposedGeometry,
  entry: Ops,
  buffers: readonly Operand[],
  tiles: number,
  { count, length }: Pieces = { count: 1, length: 0 },
): Dispatch {
  const { width, inChannels, outChannels } = g;
  const [x, y] = rows(tiles);
  return {
    shader: inChannels % QUAD === 0 && outChannels % QUAD === 0 ? 'transposed' : 'transposed-scalars',
    entry,
    buffers,
    uniforms: { integers: [pixelsOf(g), width, inChannels, outChannels, length] },
    groups: [x, y, count],
  };
}

/**
 * The pieces that the gradient of the weights is the sum of: so many that they fill a GPU where the weights are few. They
 * depend on the geometry alone, so that every device adds in the same order.
 */
interface Pieces {
  readonly count: number;
  /** Pixels of each; the last one may have fewer. */
  readonly length: number;
}

function piecesOf(g: TransposedGeometry): Pieces {
  const wanted = Math.ceil(ENOUGH_GROUPS / gradWeightTiles(g));
  const length = roundUp(Math.ceil(pixelsOf(g) / wanted), LEAST_PIXELS);
  return { count: Math.ceil(pixelsOf(g) / length), length };
}

const gradWeightTiles = (g: TransposedGeometry): number => tilesOf(g.inChannels, 4 * quadsOf(g.outChannels));
const weightsOf = (g: TransposedGeometry): number => 4 * g.inChannels * g.outChannels;

/** The gradient of the output, as sums over its pixels take it. */
function slopesOf(g: TransposedGeometry): Matrices {
  return { matrices: 1, pixels: 4 * pixelsOf(g), channels: g.outChannels };
}

/** The pieces of the weights' gradient, of which one alone is the gradient itself, and the parts of the bias's. */
function partsOf(g: TransposedGeometry) {
  const { count } = piecesOf(g);
  return workspaceParts({ pieces: count === 1 ? 0 : count * weightsOf(g), bias: partsLength(slopesOf(g)) });
}

export const transposed: KernelsOf<Ops> = {
  convTranspose2d: {
    dispatches(g) {
      const buffers = [input(0), input(1), output(0), input(2)];
      return [product(g, 'convTranspose2d', buffers, tilesOf(pixelsOf(g), 4 * quadsOf(g.outChannels)))];
    },
  },
  convTranspose2dGradInput: {
    dispatches(g) {
      const buffers = [input(0), input(1), output(0)];
      return [product(g, 'convTranspose2dGradInput', buffers, tilesOf(pixelsOf(g), quadsOf(g.inChannels)))];
    },
  },
  convTranspose2dGradWeight: {
    dispatches(g) {
      const [x, dy, dw, db] = [input(0), input(1), output(0), output(1)];
      const pieces = piecesOf(g);
      const { parts } = partsOf(g);
      const sums = pieces.count === 1 ? dw : parts.pieces;
      return [
        product(g, 'convTranspose2dGradWeight', [x, dy, sums], gradWeightTiles(g), pieces),
        ...(pieces.count === 1 ? [] : [addPieces(sums, pieces.count, weightsOf(g), dw)]),
        ...sumPixels(slopesOf(g), dy, parts.bias, db),
      ];
    },
    workspace: (g) => partsOf(g).length,
  },
};
