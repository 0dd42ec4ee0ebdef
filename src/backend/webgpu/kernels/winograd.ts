/** 3x3 convolution in the Winograd domain, all three passes. */
import type { ConvGeometry } from '../../../ops/convolution.js';
import { type Dispatch, input, invocations, type Kernel, type Operand, output, packed, unused } from '../kernel.js';
import { biasGradient, biasLength, inVectors, sourcesOf } from './direct.js';
import { cut, type Pieces } from './pieces.js';
import { workspaceParts } from './workspace.js';

/** Points of a tile, and pixels of its side. */
const POINTS = 36;
const SIDE = 4;

/** Below so many tiles the filters' transforms cost more than the products save, and below so many channels the tiles'. */
const FEWEST_TILES = 16;
const FEWEST_CHANNELS = 16;

/** The points of a run of tiles have at most so many elements. */
const MOST_ELEMENTS = 1 << 23;

/** An invocation of a product computes 4 rows by 8 columns. */
const ROWS = 4;
const COLUMNS = 8;

export function suitsWinograd(g: ConvGeometry): boolean {
  const channels = Math.min(g.inChannels, g.outChannels);
  return g.kernel === 3 && inVectors(g) && channels >= FEWEST_CHANNELS && tilesOf(g) >= FEWEST_TILES;
}

function tilesOf({ batch, height, width }: ConvGeometry): number {
  return batch * Math.ceil(height / SIDE) * Math.ceil(width / SIDE);
}

/** Tiles that are transformed together. */
interface Run {
  readonly first: number;
  readonly tiles: number;
}

/** The runs of a convolution: all but the last are equally long. */
function runsOf(g: ConvGeometry): Run[] {
  const all = tilesOf(g);
  const each = runLength(g);
  return Array.from({ length: Math.ceil(all / each) }, (_, k) => {
    return { first: k * each, tiles: Math.min(each, all - k * each) };
  });
}

function runLength(g: ConvGeometry): number {
  const most = Math.floor(MOST_ELEMENTS / (POINTS * Math.max(g.inChannels, g.outChannels)));
  return Math.min(tilesOf(g), Math.max(ROWS, most - (most % ROWS)));
}

/** What the dispatches differ in; see `Sizes` of winograd.wgsl. */
interface Stage {
  readonly entry: string;
  readonly buffers: readonly [Operand, Operand, Operand];
  readonly constants?: Dispatch['constants'];
  /** Default: none. */
  readonly run?: Run;
  /** The channels of the tensor. Default: none. */
  readonly channels?: number;
  readonly firstChannel?: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly pieces?: Pieces;
  readonly invocations: number;
}

function stage(g: ConvGeometry, { entry, buffers, constants, invocations: count, ...sizes }: Stage): Dispatch {
  const { run = { first: 0, tiles: 0 }, channels = 0, firstChannel = 0, pieces = { count: 0, each: 0 } } = sizes;
  const across = Math.ceil(g.width / SIDE);
  const tiles = [run.tiles, run.first, across, across * Math.ceil(g.height / SIDE), g.height, g.width];
  return {
    shader: 'winograd',
    entry,
    ...(constants && { constants }),
    buffers,
    uniforms: {
      integers: [...tiles, channels, firstChannel, sizes.inChannels, sizes.outChannels, pieces.count, pieces.each],
    },
    groups: invocations(count),
  };
}

/** The points of a run, and what is made of them. */
function lengthsOf(g: ConvGeometry): { readonly points: number; readonly products: number } {
  const points = POINTS * runLength(g);
  return { points: points * g.inChannels, products: points * g.outChannels };
}

/** The same, with the pieces of the weights' gradient and the parts of the bias's. */
function gradientParts(g: ConvGeometry) {
  return workspaceParts({ ...lengthsOf(g), sums: tilePieces(g).count * filterLength(g), bias: biasLength(g) });
}

const filterLength = (g: ConvGeometry): number => POINTS * g.inChannels * g.outChannels;

function packFilters(g: ConvGeometry, weights: number, entry: 'filters' | 'turnedFilters'): Dispatch[] {
  const { inChannels, outChannels } = g;
  const buffers = [input(weights), packed(0, filterLength(g)), unused] as const;
  return [stage(g, { entry, buffers, inChannels, outChannels, invocations: inChannels * outChannels })];
}

function products(
  g: ConvGeometry,
  run: Run,
  factors: readonly [Operand, Operand, Operand],
  channels: [number, number],
) {
  const [inChannels, outChannels] = channels;
  const blocks = POINTS * Math.ceil(run.tiles / ROWS) * Math.ceil(outChannels / COLUMNS);
  return stage(g, { entry: 'products', buffers: factors, run, inChannels, outChannels, invocations: blocks });
}

const conv2d: Kernel<ConvGeometry> = {
  workspace: (g) => workspaceParts(lengthsOf(g)).length,
  prepack: { weights: [-2], length: filterLength, dispatches: (g) => packFilters(g, -2, 'filters') },
  dispatches(g) {
    const { inChannels, outChannels } = g;
    const { parts: work } = workspaceParts(lengthsOf(g));
    return runsOf(g).flatMap((run) => [
      ...inputPoints(g, run, work.points),
      products(g, run, [work.points, packed(0, filterLength(g)), work.products], [inChannels, outChannels]),
      stage(g, {
        entry: 'pixelsOfOutput',
        buffers: [work.products, output(0), input(-1)],
        constants: { begin: 1, relu: g.relu ? 1 : 0 },
        run,
        channels: outChannels,
        inChannels,
        outChannels,
        invocations: run.tiles * outChannels,
      }),
    ]);
  },
};

/** The points of the inputs, each where its channels belong. */
function inputPoints(g: ConvGeometry, run: Run, points: Operand): Dispatch[] {
  return sourcesOf(g).map(({ channels, first }, k) =>
    stage(g, {
      entry: 'pointsOfInput',
      buffers: [input(k), points, unused],
      run,
      channels,
      firstChannel: first,
      inChannels: g.inChannels,
      outChannels: g.outChannels,
      invocations: run.tiles * channels,
    }),
  );
}

const conv2dGradInput: Kernel<ConvGeometry> = {
  workspace: (g) => workspaceParts(lengthsOf(g)).length,
  prepack: { weights: [-1], length: filterLength, dispatches: (g) => packFilters(g, -1, 'turnedFilters') },
  dispatches(g) {
    // The way back: what are inputs and outputs there are outputs and inputs here.
    const { inChannels: outChannels, outChannels: inChannels } = g;
    const { parts: work } = workspaceParts(lengthsOf(g));
    return runsOf(g).flatMap((run) => [
      stage(g, {
        entry: 'pointsOfInput',
        buffers: [input(0), work.products, unused],
        run,
        channels: inChannels,
        inChannels,
        outChannels,
        invocations: run.tiles * inChannels,
      }),
      products(g, run, [work.products, packed(0, filterLength(g)), work.points], [inChannels, outChannels]),
      ...sourcesOf(g).map(({ channels, first }, k) =>
        stage(g, {
          entry: 'pixelsOfOutput',
          buffers: [work.points, output(k), unused],
          constants: { begin: 0, relu: 0 },
          run,
          channels,
          firstChannel: first,
          inChannels,
          outChannels,
          invocations: run.tiles * channels,
        }),
      ),
    ]);
  },
};

const conv2dGradWeight: Kernel<ConvGeometry> = {
  workspace: (g) => gradientParts(g).length,
  dispatches(g) {
    const { inChannels, outChannels } = g;
    const { parts: work } = gradientParts(g);
    const pieces = tilePieces(g);
    const sizes = { inChannels, outChannels, pieces };
    const passes = runsOf(g).flatMap((run, k) => [
      ...inputPoints(g, run, work.points),
      stage(g, {
        entry: 'pointsOfGradient',
        buffers: [input(-1), work.products, unused],
        run,
        channels: outChannels,
        inChannels,
        outChannels,
        invocations: run.tiles * outChannels,
      }),
      stage(g, {
        entry: 'weightProducts',
        buffers: [work.points, work.products, work.sums],
        // What a piece has of the runs before goes on.
        constants: { begin: k === 0 ? 0 : 2 },
        run,
        ...sizes,
        invocations: pieces.count * pieceBlocks(g),
      }),
    ]);
    const taps = stage(g, {
      entry: 'taps',
      buffers: [work.sums, output(0), unused],
      ...sizes,
      invocations: inChannels * outChannels,
    });
    return [...passes, taps, ...biasGradient(g, work.bias)];
  },
};

/** The pieces that the sums over the tiles of a run are cut into. */
function tilePieces(g: ConvGeometry): Pieces {
  return cut(runLength(g), pieceBlocks(g), filterLength(g));
}

/** The blocks of sums that a piece is computed in. */
function pieceBlocks({ inChannels, outChannels }: ConvGeometry): number {
  return (POINTS * inChannels * Math.ceil(outChannels / COLUMNS)) / ROWS;
}

export const winograd = { conv2d, conv2dGradInput, conv2dGradWeight };
