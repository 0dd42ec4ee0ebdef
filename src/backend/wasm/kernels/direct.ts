/** The direct kernels of convolution: any size, any number of channels; see assembly/convolution.ts. */
import type { ConvGeometry } from '../../../ops/convolution.js';
import type { KernelsOf, Operands } from '../kernel.js';
import { type Band, dotBand, outerBand, panelsLength, tableLength } from './band.js';
import { buffersBehind, FrameLayout, workspaceLength } from './frame.js';
import { type Area, areaOf, areaUnits, type Product } from './units.js';

export interface DirectExports {
  readonly memory: WebAssembly.Memory;
  packFilters(frame: number, w: number, b: number): void;
  conv2d(frame: number, y: number, ...area: Area): void;
  packFiltersTransposed(frame: number, w: number): void;
  conv2dGradInput(frame: number, dy: number): void;
  conv2dGradWeight(frame: number, dy: number, dw: number, db: number): void;
}

export const convFrame = new FrameLayout('ConvFrame', [
  'batch',
  'height',
  'width',
  'inChannels',
  'outChannels',
  'kernel',
  'relu',
  'sources',
  'bandImages',
  'bandRows',
  'table',
  'band',
  'panels',
]);

/** A band, and the lengths of the buffers behind the frame. */
interface Buffers {
  readonly band: Band;
  readonly lengths: readonly [table: number, band: number, gradients: number];
}

export const direct: KernelsOf<'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight', DirectExports> = {
  conv2d: {
    workspace: (g) => lengthOf(g, dotBuffers(g, g.inChannels)),
    units: (g) => areaUnits(product(g)),
    run(wasm, call) {
      const { geometry: g, inputs, outputs, workspace, packed, range } = call;
      writeFrame(wasm, call, dotBuffers(g, g.inChannels), inputs, packed);
      wasm.conv2d(workspace, outputs[0]!, ...areaOf(product(g), range));
    },
    prepack: {
      weights: [-2, -1],
      length: (g) => panelsLength(g.kernel ** 2 * g.inChannels, g.outChannels),
      run(wasm, operands) {
        const { geometry: g, inputs, workspace, packed } = operands;
        writeFrame(wasm, operands, dotBuffers(g, g.inChannels), inputs, packed);
        wasm.packFilters(workspace, inputs.at(-2)!, inputs.at(-1)!);
      },
    },
  },
  conv2dGradInput: {
    workspace: (g) => lengthOf(g, dotBuffers(g, g.outChannels)),
    run(wasm, call) {
      const { geometry: g, inputs, outputs, workspace, packed } = call;
      writeFrame(wasm, call, dotBuffers(g, g.outChannels), outputs, packed);
      wasm.conv2dGradInput(workspace, inputs[0]!);
    },
    prepack: {
      weights: [-1],
      length(g) {
        const rows = g.kernel ** 2 * g.outChannels;
        return g.sources.reduce((sum, channels) => sum + panelsLength(rows, channels), 0);
      },
      run(wasm, operands) {
        const { geometry: g, inputs, outputs, workspace, packed } = operands;
        writeFrame(wasm, operands, dotBuffers(g, g.outChannels), outputs, packed);
        wasm.packFiltersTransposed(workspace, inputs[1]!);
      },
    },
  },
  conv2dGradWeight: {
    workspace: (g) => lengthOf(g, outerBuffers(g)),
    run(wasm, call) {
      const { geometry: g, inputs, outputs, workspace } = call;
      writeFrame(wasm, call, outerBuffers(g), inputs);
      wasm.conv2dGradWeight(workspace, inputs.at(-1)!, outputs[0]!, outputs[1]!);
    },
  },
};

function product({ batch, height, width, outChannels }: ConvGeometry): Product {
  return { lines: batch * height, step: 1, rows: batch * height * width, columns: outChannels };
}

/** The buffers of a product of the padded activation of `channels` channels with panels. */
function dotBuffers(g: ConvGeometry, channels: number): Buffers {
  const halo = (g.kernel - 1) / 2;
  const rowLength = (g.width + 2 * halo) * channels;
  const band = dotBand(g.batch, g.height, g.width, rowLength, halo);
  return { band, lengths: [tableLength(band.pixels), band.images * (band.rows + 2 * halo) * rowLength, 0] };
}

/** The buffers of a weight gradient, which packs both of its operands. */
function outerBuffers(g: ConvGeometry): Buffers {
  const halo = (g.kernel - 1) / 2;
  const band = outerBand(g.batch, g.height, g.width);
  const channels = Math.ceil(Math.max(...g.sources) / 4) * 4;
  const packed = band.images * (band.rows + 2 * halo) * (g.width + 2 * halo) * channels;
  return { band, lengths: [tableLength(0), packed, Math.ceil(g.outChannels / 8) * 8 * band.pixels] };
}

function lengthOf(g: ConvGeometry, { lengths }: Buffers): number {
  return workspaceLength(convFrame.words(g.sources.length), lengths);
}

/**
 * Writes the frame to the workspace.
 * @param tensors the sources, or their gradients
 * @param packed the panels; by default the buffer of gradients
 */
function writeFrame(
  { memory }: DirectExports,
  { geometry: g, workspace }: Operands<ConvGeometry>,
  { band, lengths }: Buffers,
  tensors: readonly number[],
  packed?: number,
): void {
  const [table, packedBand, gradients] = buffersBehind(convFrame.words(g.sources.length), lengths, workspace);
  const values = {
    batch: g.batch,
    height: g.height,
    width: g.width,
    inChannels: g.inChannels,
    outChannels: g.outChannels,
    kernel: g.kernel,
    relu: Number(g.relu),
    sources: g.sources.length,
    bandImages: band.images,
    bandRows: band.rows,
    table: table!,
    band: packedBand!,
    panels: packed ?? gradients!,
  };
  convFrame.write(memory, workspace, values, tensors, g.sources);
}
