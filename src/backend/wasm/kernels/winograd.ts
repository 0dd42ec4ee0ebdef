/**
 * The Winograd kernels of 3x3 convolution: every channel count a multiple of 8; see assembly/winograd-transforms.ts. The
 * work goes in blocks of tiles, counted over all images, so that small images fill a block together and the workspace
 * does not grow with the image.
 */
import type { ConvGeometry } from '../../../ops/convolution.js';
import type { KernelsOf, Operands } from '../kernel.js';
import { type Area, areaOf, areaUnits, type Product } from './units.js';
import {
  backward,
  filtersLength,
  forward,
  gradient,
  type Pass,
  TILE,
  tilesOf,
  workspaceOf,
  writeFrame,
} from './winograd-pass.js';

export interface WinogradExports {
  readonly memory: WebAssembly.Memory;
  winogradFilters(frame: number, w: number): void;
  winogradFiltersTransposed(frame: number, w: number): void;
  winogradPoints(frame: number, first: number, tiles: number): void;
  winogradProducts(frame: number, tiles: number, left: number, right: number): void;
  winogradPixels(frame: number, b: number, first: number, tiles: number, left: number, right: number): void;
  winogradGradientPoints(frame: number, dy: number, first: number, tiles: number): void;
  winogradAddProducts(frame: number, tiles: number): void;
  winogradTaps(frame: number, dw: number): void;
  columnSums(dy: number, rows: number, width: number, channels: number, sums: number): void;
}

/** Fewer tiles than this are not worth the transformation of the filters. */
const WORTHWHILE = 8;

/** Whether Winograd is possible and faster than the direct kernels. */
export function suitsWinograd(g: ConvGeometry): boolean {
  const tiles = tilesOf(g);
  const used = (g.batch * g.height * g.width) / (TILE * TILE * tiles);
  const whole = [...g.sources, g.outChannels].every((n) => n % 8 === 0);
  return g.kernel === 3 && whole && tiles >= WORTHWHILE && used > 0.5;
}

export const winograd: KernelsOf<'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight', WinogradExports> = {
  conv2d: {
    workspace: (g) => workspaceOf(forward(g)),
    units: (g) => areaUnits(product(g, g.outChannels)),
    run(wasm, call) {
      const { geometry: g, inputs, workspace, packed, range } = call;
      const pass = forward(g);
      writeFrame(wasm.memory, pass, forwardTensors(call), workspace, packed);
      convolve(wasm, pass, workspace, inputs.at(-1)!, areaOf(product(g, g.outChannels), range));
    },
    prepack: {
      weights: [-2, -1],
      length: filtersLength,
      run(wasm, operands) {
        const { geometry, inputs, workspace, packed } = operands;
        writeFrame(wasm.memory, forward(geometry), forwardTensors(operands), workspace, packed);
        wasm.winogradFilters(workspace, inputs.at(-2)!);
      },
    },
  },
  conv2dGradInput: {
    workspace: (g) => workspaceOf(backward(g)),
    units: (g) => areaUnits(product(g, g.inChannels)),
    run(wasm, { geometry: g, inputs: [dy], outputs: dxs, workspace, packed, range }) {
      const pass = backward(g);
      writeFrame(wasm.memory, pass, [dy!, ...dxs], workspace, packed);
      convolve(wasm, pass, workspace, 0, areaOf(product(g, g.inChannels), range));
    },
    prepack: {
      weights: [-1],
      length: filtersLength,
      run(wasm, { geometry: g, inputs: [dy, w], outputs: dxs, workspace, packed }) {
        writeFrame(wasm.memory, backward(g), [dy!, ...dxs], workspace, packed);
        wasm.winogradFiltersTransposed(workspace, w!);
      },
    },
  },
  conv2dGradWeight: {
    workspace: (g) => workspaceOf(gradient(g)) + filtersLength(g),
    run(wasm, { geometry: g, inputs, outputs: [dw, db], workspace }) {
      const pass = gradient(g);
      const dy = inputs.at(-1)!;
      const filters = workspace + 4 * workspaceOf(pass);
      writeFrame(wasm.memory, pass, inputs, workspace, filters);
      new Float32Array(wasm.memory.buffer, filters, filtersLength(g)).fill(0);
      for (const { first, tiles } of blocks(pass, 0, tilesOf(g))) {
        wasm.winogradPoints(workspace, first, tiles);
        wasm.winogradGradientPoints(workspace, dy, first, tiles);
        wasm.winogradAddProducts(workspace, tiles);
      }
      wasm.winogradTaps(workspace, dw!);
      wasm.columnSums(dy, g.batch * g.height, g.width, g.outChannels, db!);
    },
  },
};

/** Computes an area of the outputs. @param b the address of the bias, 0 where there is none */
function convolve(wasm: WinogradExports, pass: Pass, frame: number, b: number, [top, bottom, left, right]: Area): void {
  for (const { first, tiles } of blocks(pass, top, bottom)) {
    wasm.winogradPoints(frame, first, tiles);
    wasm.winogradProducts(frame, tiles, left, right);
    wasm.winogradPixels(frame, b, first, tiles, left, right);
  }
}

/** The blocks of tiles `start` to `end - 1`. */
function blocks({ block }: Pass, start: number, end: number): { first: number; tiles: number }[] {
  return Array.from({ length: Math.ceil((end - start) / block) }, (_, k) => {
    const first = start + k * block;
    return { first, tiles: Math.min(block, end - first) };
  });
}

function product(g: ConvGeometry, columns: number): Product {
  const lines = tilesOf(g);
  return { lines, step: 4, rows: lines, columns };
}

/** The sources, then y: of the inputs, weights and bias are no tensors of the frame. */
function forwardTensors({ inputs, outputs }: Operands<ConvGeometry>): readonly number[] {
  return [...inputs.slice(0, -2), outputs[0]!];
}
