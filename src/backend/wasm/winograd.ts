/** The Winograd kernels of 3x3 convolution: every channel count a multiple of 8. */
import type { ConvGeometry } from '../../ops/convolution.js';
import { layout } from './band.js';
import type { KernelsOf } from './kernel.js';
import { type Area, areaOf, areaPieces, type Product } from './split.js';

export interface WinogradExports {
  readonly memory: WebAssembly.Memory;
  winogradFilters(frame: number, w: number): void;
  winogradFiltersTransposed(frame: number, w: number): void;
  winogradConvolution(frame: number, b: number, ...area: Area): void;
  winogradGradWeight(frame: number, dy: number, dw: number, db: number): void;
}

/** Pixels of a tile, a side. */
const TILE = 4;

/** Points of a tile. */
const POINTS = 36;

/** Elements of the points and products of a block: they should stay in a second-level cache. */
const BLOCK_LENGTH = 192 * 1024;

/** Tiles of a block: at least as many as make the products efficient, at most as many as are worth it. */
const LEAST = 16;
const MOST = 64;

/** Fewer tiles than this do not earn the transformation of the filters. */
const WORTHWHILE = 8;

/** Whether Winograd is possible and faster than the direct kernels. */
export function suitsWinograd({ batch, height, width, kernel, sources, outChannels }: ConvGeometry): boolean {
  const count = tiles(batch, height, width);
  const used = (batch * height * width) / (TILE * TILE * count);
  return kernel === 3 && [...sources, outChannels].every((n) => n % 8 === 0) && count >= WORTHWHILE && used > 0.5;
}

export const winograd: KernelsOf<'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight', WinogradExports> = {
  conv2d: {
    workspace: (g) => forward(g).length,
    pieces: (g) => areaPieces(product(g, g.outChannels)),
    run(wasm, g, inputs, [y], workspace, prepared, part) {
      writeFrame(wasm, forward(g), [...inputs.slice(0, -2), y!], workspace, prepared);
      wasm.winogradConvolution(workspace, inputs.at(-1)!, ...areaOf(product(g, g.outChannels), part));
    },
    preparation: {
      weights: [-2, -1],
      length: filtersLength,
      run(wasm, g, inputs, [y], workspace, prepared) {
        writeFrame(wasm, forward(g), [...inputs.slice(0, -2), y!], workspace, prepared);
        wasm.winogradFilters(workspace, inputs.at(-2)!);
      },
    },
  },
  conv2dGradInput: {
    workspace: (g) => backward(g).length,
    pieces: (g) => areaPieces(product(g, g.inChannels)),
    run(wasm, g, [dy], dxs, workspace, prepared, part) {
      writeFrame(wasm, backward(g), [dy!, ...dxs], workspace, prepared);
      wasm.winogradConvolution(workspace, 0, ...areaOf(product(g, g.inChannels), part));
    },
    preparation: {
      weights: [-1],
      length: filtersLength,
      run(wasm, g, [dy, w], dxs, workspace, prepared) {
        writeFrame(wasm, backward(g), [dy!, ...dxs], workspace, prepared);
        wasm.winogradFiltersTransposed(workspace, w!);
      },
    },
  },
  conv2dGradWeight: {
    workspace: (g) => gradient(g).length + filtersLength(g),
    run(wasm, g, inputs, [dw, db], workspace) {
      const frame = gradient(g);
      writeFrame(wasm, frame, inputs, workspace, workspace + 4 * frame.length);
      wasm.winogradGradWeight(workspace, inputs.at(-1)!, dw!, db!);
    },
  },
};

/** Elements of the filters in the Winograd domain. */
function filtersLength(g: ConvGeometry): number {
  return POINTS * g.inChannels * g.outChannels;
}

function product({ batch, height, width }: ConvGeometry, columns: number): Product {
  const lines = tiles(batch, height, width);
  return { lines, step: 4, rows: lines, columns };
}

/** What `WinogradFrame` (assembly/winograd.ts) says, but for addresses. */
interface Frame {
  /** Words of the struct before the pairs of address and channels. */
  readonly words: readonly number[];
  /** Channels of each input, then of each output. */
  readonly channels: readonly number[];
  /** Where points, products, patch and scratch begin, in elements. */
  readonly offsets: readonly number[];
  /** All of it, in elements. */
  readonly length: number;
}

function forward(g: ConvGeometry): Frame {
  return frame(g, g.sources, [g.outChannels], g.relu, fittingBlock(g));
}

/** The data gradient: a convolution of dy with the rotated, transposed filters. */
function backward(g: ConvGeometry): Frame {
  return frame(g, [g.outChannels], g.sources, false, fittingBlock(g));
}

/** The weight gradient: each block adds to all sums of products, so that large blocks pay. */
function gradient(g: ConvGeometry): Frame {
  return frame(g, g.sources, [g.outChannels], false, MOST);
}

/** As many tiles as the cache holds. */
function fittingBlock({ inChannels, outChannels }: ConvGeometry): number {
  const fit = Math.floor(BLOCK_LENGTH / (POINTS * (inChannels + outChannels)));
  return Math.max(LEAST, Math.min(MOST, fit));
}

function frame(
  { batch, height, width }: ConvGeometry,
  inputs: readonly number[],
  outputs: readonly number[],
  relu: boolean,
  largestBlock: number,
): Frame {
  const channels = [...inputs, ...outputs];
  const inChannels = sum(inputs);
  const outChannels = sum(outputs);
  const block = roundUp4(Math.min(largestBlock, tiles(batch, height, width)));
  const offsets = layout(
    16 + 2 * channels.length,
    POINTS * block * inChannels,
    POINTS * block * outChannels,
    POINTS * Math.max(...channels),
    (POINTS + TILE * TILE) * 8,
  ).slice(1);
  const words = [batch, height, width, inChannels, outChannels, Number(relu), inputs.length, outputs.length, block];
  return { words, channels, offsets, length: offsets.at(-1)! };
}

function writeFrame(
  { memory }: WinogradExports,
  { words, channels, offsets }: Frame,
  addresses: readonly number[],
  workspace: number,
  filters: number,
): void {
  const view = new Uint32Array(memory.buffer, workspace, 16 + 2 * channels.length);
  view.set(words);
  view.set([filters, ...offsets.slice(0, -1).map((offset) => workspace + 4 * offset)], words.length);
  channels.forEach((count, k) => {
    view.set([addresses[k]!, count], 16 + 2 * k);
  });
}

function tiles(batch: number, height: number, width: number): number {
  return batch * Math.ceil(height / TILE) * Math.ceil(width / TILE);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function roundUp4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
