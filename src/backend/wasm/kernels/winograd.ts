/** The Winograd kernels of 3x3 convolution: every channel count a multiple of 8; see assembly/winograd.ts. */
import type { ConvGeometry } from '../../../ops/convolution.js';
import type { KernelsOf, Operands } from '../kernel.js';
import { buffersBehind, FrameLayout, workspaceLength } from './frame.js';
import { type Area, areaOf, areaUnits, type Product } from './units.js';

export interface WinogradExports {
  readonly memory: WebAssembly.Memory;
  winogradFilters(frame: number, w: number): void;
  winogradFiltersTransposed(frame: number, w: number): void;
  winogradConvolution(frame: number, b: number, ...area: Area): void;
  winogradGradWeight(frame: number, dy: number, dw: number, db: number): void;
}

/** Pixels along a side of a tile. */
const TILE = 4;

/** Points of a tile. */
const POINTS = 36;

/** Elements of the points and products of a block: they should stay in a second-level cache. */
const BLOCK_LENGTH = 192 * 1024;

/** Tiles of a block: at least as many as make the products efficient, at most as many as are worth it. */
const LEAST = 16;
const MOST = 64;

/** Fewer tiles than this are not worth the transformation of the filters. */
const WORTHWHILE = 8;

/** Whether Winograd is possible and faster than the direct kernels. */
export function suitsWinograd({ batch, height, width, kernel, sources, outChannels }: ConvGeometry): boolean {
  const count = tiles(batch, height, width);
  const used = (batch * height * width) / (TILE * TILE * count);
  return kernel === 3 && [...sources, outChannels].every((n) => n % 8 === 0) && count >= WORTHWHILE && used > 0.5;
}

export const winogradFrame = new FrameLayout('WinogradFrame', [
  'batch',
  'height',
  'width',
  'inChannels',
  'outChannels',
  'relu',
  'inputs',
  'outputs',
  'block',
  'filters',
  'points',
  'products',
  'patch',
  'tile',
]);

export const winograd: KernelsOf<'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight', WinogradExports> = {
  conv2d: {
    workspace: (g) => lengthOf(forward(g)),
    units: (g) => areaUnits(product(g, g.outChannels)),
    run(wasm, call) {
      const { geometry: g, inputs, workspace, packed, range } = call;
      writeFrame(wasm, forward(g), forwardTensors(call), workspace, packed);
      wasm.winogradConvolution(workspace, inputs.at(-1)!, ...areaOf(product(g, g.outChannels), range));
    },
    prepack: {
      weights: [-2, -1],
      length: filtersLength,
      run(wasm, operands) {
        const { geometry: g, inputs, workspace, packed } = operands;
        writeFrame(wasm, forward(g), forwardTensors(operands), workspace, packed);
        wasm.winogradFilters(workspace, inputs.at(-2)!);
      },
    },
  },
  conv2dGradInput: {
    workspace: (g) => lengthOf(backward(g)),
    units: (g) => areaUnits(product(g, g.inChannels)),
    run(wasm, { geometry: g, inputs: [dy], outputs: dxs, workspace, packed, range }) {
      writeFrame(wasm, backward(g), [dy!, ...dxs], workspace, packed);
      wasm.winogradConvolution(workspace, 0, ...areaOf(product(g, g.inChannels), range));
    },
    prepack: {
      weights: [-1],
      length: filtersLength,
      run(wasm, { geometry: g, inputs: [dy, w], outputs: dxs, workspace, packed }) {
        writeFrame(wasm, backward(g), [dy!, ...dxs], workspace, packed);
        wasm.winogradFiltersTransposed(workspace, w!);
      },
    },
  },
  conv2dGradWeight: {
    workspace: (g) => lengthOf(gradient(g)) + filtersLength(g),
    run(wasm, { geometry: g, inputs, outputs: [dw, db], workspace }) {
      const pass = gradient(g);
      writeFrame(wasm, pass, inputs, workspace, workspace + 4 * lengthOf(pass));
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

/** The sources, then y: of the inputs, weights and bias are no tensors of the frame. */
function forwardTensors({ inputs, outputs }: Operands<ConvGeometry>): readonly number[] {
  return [...inputs.slice(0, -2), outputs[0]!];
}

/** What one of the three passes reads and writes. */
interface Pass {
  readonly geometry: ConvGeometry;
  /** Channels of each input. */
  readonly inputs: readonly number[];
  /** Channels of each output. */
  readonly outputs: readonly number[];
  readonly relu: boolean;
  /** Tiles of a block at most. */
  readonly largestBlock: number;
}

function forward(g: ConvGeometry): Pass {
  return {
    geometry: g,
    inputs: g.sources,
    outputs: [g.outChannels],
    relu: g.relu,
    largestBlock: fittingBlock(g),
  };
}

/** The data gradient: a convolution of dy with the rotated, transposed filters. */
function backward(g: ConvGeometry): Pass {
  return {
    geometry: g,
    inputs: [g.outChannels],
    outputs: g.sources,
    relu: false,
    largestBlock: fittingBlock(g),
  };
}

/** The weight gradient: each block adds to all sums of products, so that large blocks pay. */
function gradient(g: ConvGeometry): Pass {
  return { ...forward(g), relu: false, largestBlock: MOST };
}

/** How many tiles the cache holds. */
function fittingBlock({ inChannels, outChannels }: ConvGeometry): number {
  const fit = Math.floor(BLOCK_LENGTH / (POINTS * (inChannels + outChannels)));
  return Math.max(LEAST, Math.min(MOST, fit));
}

/** Tiles of a block. */
function blockOf({ geometry: { batch, height, width }, largestBlock }: Pass): number {
  return roundUp4(Math.min(largestBlock, tiles(batch, height, width)));
}

/** The lengths of the buffers behind the frame. */
function buffersOf(pass: Pass): readonly [points: number, products: number, patch: number, tile: number] {
  const { inputs, outputs } = pass;
  const block = blockOf(pass);
  return [
    POINTS * block * sum(inputs),
    POINTS * block * sum(outputs),
    POINTS * Math.max(...inputs, ...outputs),
    (POINTS + TILE * TILE) * 8,
  ];
}

function wordsOf({ inputs, outputs }: Pass): number {
  return winogradFrame.words(inputs.length + outputs.length);
}

function lengthOf(pass: Pass): number {
  return workspaceLength(wordsOf(pass), buffersOf(pass));
}

/** @param tensors the addresses of the inputs and outputs */
function writeFrame(
  { memory }: WinogradExports,
  pass: Pass,
  tensors: readonly number[],
  workspace: number,
  filters: number,
): void {
  const { geometry, inputs, outputs } = pass;
  const [points, products, patch, tile] = buffersBehind(wordsOf(pass), buffersOf(pass), workspace);
  const values = {
    batch: geometry.batch,
    height: geometry.height,
    width: geometry.width,
    inChannels: sum(inputs),
    outChannels: sum(outputs),
    relu: Number(pass.relu),
    inputs: inputs.length,
    outputs: outputs.length,
    block: blockOf(pass),
    filters,
    points: points!,
    products: products!,
    patch: patch!,
    tile: tile!,
  };
  winogradFrame.write(memory, workspace, values, tensors, [...inputs, ...outputs]);
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
