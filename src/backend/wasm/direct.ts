/** The direct kernels of convolution: any size, any number of channels. */
import type { ConvGeometry } from '../../ops/convolution.js';
import { type Band, dotBand, layout, outerBand, panelsLength, tableLength } from './band.js';
import type { KernelsOf } from './kernel.js';
import { type Area, areaOf, areaPieces, type Product } from './split.js';

export interface DirectExports {
  readonly memory: WebAssembly.Memory;
  packFilters(frame: number, w: number, b: number): void;
  conv2d(frame: number, y: number, ...area: Area): void;
  packFiltersTransposed(frame: number, w: number): void;
  conv2dGradInput(frame: number, dy: number): void;
  conv2dGradWeight(frame: number, dy: number, dw: number, db: number): void;
}

/** A band and the lengths of the pieces of scratch memory. */
interface Scratch {
  readonly band: Band;
  readonly lengths: readonly [table: number, band: number, gradients: number];
}

export const direct: KernelsOf<'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight', DirectExports> = {
  conv2d: {
    workspace: (g) => scratchLength(g, products(g, g.inChannels)),
    pieces: (g) => areaPieces(product(g)),
    run(wasm, g, inputs, [y], workspace, prepared, part) {
      writeFrame(wasm, g, products(g, g.inChannels), inputs, workspace, prepared);
      wasm.conv2d(workspace, y!, ...areaOf(product(g), part));
    },
    preparation: {
      weights: [-2, -1],
      length: (g) => panelsLength(g.kernel ** 2 * g.inChannels, g.outChannels),
      run(wasm, g, inputs, _, workspace, prepared) {
        const [w, b] = inputs.slice(-2);
        writeFrame(wasm, g, products(g, g.inChannels), inputs, workspace, prepared);
        wasm.packFilters(workspace, w!, b!);
      },
    },
  },
  conv2dGradInput: {
    workspace: (g) => scratchLength(g, products(g, g.outChannels)),
    run(wasm, g, [dy], outputs, workspace, prepared) {
      writeFrame(wasm, g, products(g, g.outChannels), outputs, workspace, prepared);
      wasm.conv2dGradInput(workspace, dy!);
    },
    preparation: {
      weights: [-1],
      length(g) {
        const rows = g.kernel ** 2 * g.outChannels;
        return g.sources.reduce((sum, channels) => sum + panelsLength(rows, channels), 0);
      },
      run(wasm, g, [, w], outputs, workspace, prepared) {
        writeFrame(wasm, g, products(g, g.outChannels), outputs, workspace, prepared);
        wasm.packFiltersTransposed(workspace, w!);
      },
    },
  },
  conv2dGradWeight: {
    workspace: (g) => scratchLength(g, weights(g)),
    run(wasm, g, inputs, [dw, db], workspace) {
      const scratch = weights(g);
      const [, , gradients] = addresses(g, scratch, workspace);
      writeFrame(wasm, g, scratch, inputs, workspace, gradients!);
      wasm.conv2dGradWeight(workspace, inputs.at(-1)!, dw!, db!);
    },
  },
};

function product({ batch, height, width, outChannels }: ConvGeometry): Product {
  return { lines: batch * height, step: 1, rows: batch * height * width, columns: outChannels };
}

/** Scratch of a product of the padded activation of `channels` channels with panels. */
function products(g: ConvGeometry, channels: number): Scratch {
  const halo = (g.kernel - 1) / 2;
  const rowLength = (g.width + 2 * halo) * channels;
  const band = dotBand(g.batch, g.height, g.width, rowLength, halo);
  return { band, lengths: [tableLength(band.pixels), band.images * (band.rows + 2 * halo) * rowLength, 0] };
}

function weights(g: ConvGeometry): Scratch {
  const halo = (g.kernel - 1) / 2;
  const band = outerBand(g.batch, g.height, g.width);
  const channels = Math.ceil(Math.max(...g.sources) / 4) * 4;
  const packed = band.images * (band.rows + 2 * halo) * (g.width + 2 * halo) * channels;
  return { band, lengths: [tableLength(0), packed, Math.ceil(g.outChannels / 8) * 8 * band.pixels] };
}

/** Words of the frame: 16 for `ConvFrame`, two for each source. */
function frameLength(g: ConvGeometry): number {
  return 16 + 2 * g.sources.length;
}

function scratchLength(g: ConvGeometry, scratch: Scratch): number {
  return layout(frameLength(g), ...scratch.lengths).at(-1)!;
}

/** Of the pieces of scratch memory. */
function addresses(g: ConvGeometry, { lengths }: Scratch, workspace: number): number[] {
  return layout(frameLength(g), ...lengths)
    .slice(1)
    .map((offset) => workspace + 4 * offset);
}

/** Fills in `ConvFrame` (assembly/convolution.ts) at `workspace`. */
function writeFrame(
  wasm: DirectExports,
  g: ConvGeometry,
  scratch: Scratch,
  tensors: readonly number[],
  workspace: number,
  panels: number,
): void {
  const { band } = scratch;
  const [table, packed] = addresses(g, scratch, workspace);
  const words = new Uint32Array(wasm.memory.buffer, workspace, frameLength(g));
  words.set([g.batch, g.height, g.width, g.inChannels, g.outChannels, g.kernel, g.relu ? 1 : 0, g.sources.length]);
  words.set([band.images, band.rows, table!, packed!, panels], 8);
  g.sources.forEach((channels, k) => {
    words.set([tensors[k]!, channels], 16 + 2 * k);
  });
}
