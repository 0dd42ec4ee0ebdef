/** Convolution as an implicit matrix product, all three passes; for all sizes. */
import type { ConvGeometry } from '../../../ops/convolution.js';
import { type Dispatch, input, invocations, type Kernel, type Operand, output, packed, unused } from '../kernel.js';
import { type Matrices, partsLength, sumPixels } from './columns.js';
import { addPieces, cut, type Pieces } from './pieces.js';
import { workspaceParts } from './workspace.js';

/** Pixels of an invocation, and columns where channels are not multiples of 4, or are. */
const PIXELS = 4;
const COLUMNS = { scalars: 4, vectors: 8 } as const;

/** How the sums begin; see `begin` in convolution.wgsl. */
const BEGIN = { zero: 0, bias: 1, output: 2 } as const;

/** An input of a concatenation, or the part of the output that is its gradient. */
export interface Source {
  readonly channels: number;
  /** Which of all channels is its first. */
  readonly first: number;
}

export function sourcesOf({ sources }: ConvGeometry): Source[] {
  let first = 0;
  return sources.map((channels) => {
    const source = { channels, first };
    first += channels;
    return source;
  });
}

/** Whether all channels are multiples of 4, so that vectors of them do not lie across pixels. */
export function inVectors({ sources, outChannels }: ConvGeometry): boolean {
  return [...sources, outChannels].every((channels) => channels % 4 === 0);
}

const taps = ({ kernel }: ConvGeometry): number => kernel * kernel;
const weightsOf = (g: ConvGeometry): number => taps(g) * g.inChannels * g.outChannels;

/** What the dispatches of forward pass and input gradient differ in. */
interface Product {
  readonly x: Operand;
  readonly w: Operand;
  readonly y: Operand;
  readonly bias?: Operand;
  readonly begin: keyof typeof BEGIN;
  readonly relu: boolean;
  /** The rows of the weights that are read. */
  readonly source: Source & { readonly all: number };
  /** The columns that are computed. */
  readonly columns: Source & { readonly all: number };
}

function product(g: ConvGeometry, { x, w, y, bias = unused, begin, relu, source, columns }: Product): Dispatch {
  const entry = inVectors(g) ? 'vectors' : 'scalars';
  const rows = g.batch * g.height;
  const image = [rows, g.height, g.width, g.kernel];
  const blocks = Math.ceil(columns.channels / COLUMNS[entry]) * Math.ceil((rows * g.width) / PIXELS);
  return {
    shader: 'convolution',
    entry,
    constants: { begin: BEGIN[begin], relu: relu ? 1 : 0 },
    buffers: [x, w, y, bias],
    uniforms: {
      integers: [...image, source.channels, source.first, source.all, columns.channels, columns.first, columns.all],
    },
    groups: invocations(blocks),
  };
}

const conv2d: Kernel<ConvGeometry> = {
  dispatches(g) {
    const sources = sourcesOf(g);
    return sources.map((source, k) =>
      product(g, {
        x: input(k),
        w: input(-2),
        y: output(0),
        bias: input(-1),
        begin: k === 0 ? 'bias' : 'output',
        relu: g.relu && k === sources.length - 1,
        source: { ...source, all: g.inChannels },
        columns: { channels: g.outChannels, first: 0, all: g.outChannels },
      }),
    );
  },
};

const conv2dGradInput: Kernel<ConvGeometry> = {
  prepack: {
    weights: [-1],
    length: (g) => weightsOf(g),
    dispatches(g) {
      const length = weightsOf(g);
      return [
        {
          shader: 'convolution',
          entry: 'turned',
          buffers: [input(-1), unused, packed(0, length), unused],
          uniforms: { integers: [0, 0, 0, g.kernel, 0, 0, g.inChannels, 0, 0, g.outChannels] },
          groups: invocations(length),
        },
      ];
    },
  },
  dispatches(g) {
    const w = packed(0, weightsOf(g));
    return sourcesOf(g).map((source, k) =>
      product(g, {
        x: input(0),
        w,
        y: output(k),
        begin: 'zero',
        relu: false,
        source: { channels: g.outChannels, first: 0, all: g.outChannels },
        columns: { ...source, all: g.inChannels },
      }),
    );
  },
};

const conv2dGradWeight: Kernel<ConvGeometry> = {
  workspace: (g) => partsOf(g).length,
  dispatches(g) {
    const { each, count } = weightPieces(g);
    const { parts } = partsOf(g);
    const pieces = count === 1 ? output(0) : parts.pieces;
    const entry = inVectors(g) ? 'vectors' : 'scalars';
    const gradients = sourcesOf(g).map((source, k): Dispatch => {
      const image = [g.batch * g.height, g.height, g.width, g.kernel];
      return {
        shader: 'convolution-weights',
        entry,
        buffers: [input(k), input(-1), pieces],
        uniforms: { integers: [...image, source.channels, source.first, g.inChannels, g.outChannels, each] },
        groups: invocations(count * weightBlocks(g, source.channels)),
      };
    });
    const sum = count === 1 ? [] : [addPieces(pieces, count, weightsOf(g), output(0))];
    return [...gradients, ...sum, ...biasGradient(g, parts.bias)];
  },
};

/** The pieces of the weights' gradient, of which one alone is the gradient itself, and the parts of the bias's. */
function partsOf(g: ConvGeometry) {
  const { count } = weightPieces(g);
  return workspaceParts({ pieces: count === 1 ? 0 : count * weightsOf(g), bias: biasLength(g) });
}

function weightPieces(g: ConvGeometry): Pieces {
  return cut(g.batch * g.height, weightBlocks(g, g.inChannels), weightsOf(g));
}

/** The blocks of sums that a piece is computed in. */
function weightBlocks(g: ConvGeometry, channels: number): number {
  if (inVectors(g)) return (taps(g) * channels * Math.ceil(g.outChannels / COLUMNS.vectors)) / 4;
  return Math.ceil((taps(g) * channels) / 4) * Math.ceil(g.outChannels / COLUMNS.scalars);
}

/** The gradient of the output, as sums over its pixels take it. */
function slopesOf({ batch, height, width, outChannels }: ConvGeometry): Matrices {
  return { matrices: 1, pixels: batch * height * width, channels: outChannels };
}

/** Elements of workspace for the gradient of the bias. */
export const biasLength = (g: ConvGeometry): number => partsLength(slopesOf(g));

/** The gradient of the bias, from the gradient of the output, which is the last input. */
export const biasGradient = (g: ConvGeometry, parts: Operand): Dispatch[] =>
  sumPixels(slopesOf(g), input(-1), parts, output(1));

export const direct = { conv2d, conv2dGradInput, conv2dGradWeight };
