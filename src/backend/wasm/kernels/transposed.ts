/** Transposed convolution, 2x2 with stride 2; see assembly/transposed.ts. */
import type { TransposedGeometry } from '../../../ops/transposed.js';
import type { KernelsOf, Operands } from '../kernel.js';
import { type Band, dotBand, outerBand, panelsLength, tableLength } from './band.js';
import { buffersBehind, FrameLayout, workspaceLength } from './frame.js';

export interface TransposedExports {
  readonly memory: WebAssembly.Memory;
  packTaps(frame: number, w: number, b: number): void;
  convTranspose2d(frame: number, x: number, y: number, firstLine: number, lastLine: number): void;
  packTapsTransposed(frame: number, w: number): void;
  convTranspose2dGradInput(frame: number, dy: number, dx: number): void;
  convTranspose2dGradWeight(frame: number, x: number, dy: number, dw: number, db: number): void;
}

export const transposedFrame = new FrameLayout('TransposedFrame', [
  'batch',
  'height',
  'width',
  'inChannels',
  'outChannels',
  'bandImages',
  'bandRows',
  'table',
  'panels',
  'band',
]);

/** A band, and the lengths of the buffers behind the frame. */
interface Buffers {
  readonly band: Band;
  readonly lengths: readonly [table: number, gradients: number, band: number];
}

type Names = 'convTranspose2d' | 'convTranspose2dGradInput' | 'convTranspose2dGradWeight';

export const transposed: KernelsOf<Names, TransposedExports> = {
  convTranspose2d: {
    workspace: (g) => lengthOf(dotBuffers(g, g.inChannels)),
    units: (g) => g.batch * g.height,
    run(wasm, call) {
      const { geometry: g, inputs, outputs, workspace, packed, range } = call;
      writeFrame(wasm, call, dotBuffers(g, g.inChannels), packed);
      wasm.convTranspose2d(workspace, inputs[0]!, outputs[0]!, range.first, range.last);
    },
    prepack: {
      weights: [-2, -1],
      length: (g) => 4 * panelsLength(g.inChannels, g.outChannels),
      run(wasm, operands) {
        const { geometry: g, inputs, workspace, packed } = operands;
        writeFrame(wasm, operands, dotBuffers(g, g.inChannels), packed);
        wasm.packTaps(workspace, inputs[1]!, inputs[2]!);
      },
    },
  },
  convTranspose2dGradInput: {
    workspace: (g) => lengthOf(dotBuffers(g, 4 * g.outChannels)),
    run(wasm, call) {
      const { geometry: g, inputs, outputs, workspace, packed } = call;
      writeFrame(wasm, call, dotBuffers(g, 4 * g.outChannels), packed);
      wasm.convTranspose2dGradInput(workspace, inputs[0]!, outputs[0]!);
    },
    prepack: {
      weights: [-1],
      length: (g) => panelsLength(4 * g.outChannels, g.inChannels),
      run(wasm, operands) {
        const { geometry: g, inputs, workspace, packed } = operands;
        writeFrame(wasm, operands, dotBuffers(g, 4 * g.outChannels), packed);
        wasm.packTapsTransposed(workspace, inputs[1]!);
      },
    },
  },
  convTranspose2dGradWeight: {
    workspace: (g) => lengthOf(outerBuffers(g)),
    run(wasm, call) {
      const { geometry: g, inputs, outputs, workspace } = call;
      writeFrame(wasm, call, outerBuffers(g));
      wasm.convTranspose2dGradWeight(workspace, inputs[0]!, inputs[1]!, outputs[0]!, outputs[1]!);
    },
  },
};

/** The buffers of a product of an activation, `channels` elements a pixel of the smaller image, with panels. */
function dotBuffers(g: TransposedGeometry, channels: number): Buffers {
  const band = dotBand(g.batch, g.height, g.width, g.width * channels, 0);
  return { band, lengths: [tableLength(band.pixels), 0, 0] };
}

/** The buffers of a weight gradient, which packs both of its operands. */
function outerBuffers(g: TransposedGeometry): Buffers {
  const band = outerBand(g.batch, g.height, g.width);
  const round = (channels: number, multiple: number) => Math.ceil(channels / multiple) * multiple;
  return {
    band,
    lengths: [tableLength(0), round(g.outChannels, 8) * band.pixels, round(g.inChannels, 4) * band.pixels],
  };
}

function lengthOf({ lengths }: Buffers): number {
  return workspaceLength(transposedFrame.words(0), lengths);
}

/**
 * Writes the frame to the workspace.
 * @param packed the panels; by default the buffer of gradients
 */
function writeFrame(
  { memory }: TransposedExports,
  { geometry: g, workspace }: Operands<TransposedGeometry>,
  { band, lengths }: Buffers,
  packed?: number,
): void {
  const [table, gradients, packedBand] = buffersBehind(transposedFrame.words(0), lengths, workspace);
  transposedFrame.write(memory, workspace, {
    batch: g.batch,
    height: g.height,
    width: g.width,
    inChannels: g.inChannels,
    outChannels: g.outChannels,
    bandImages: band.images,
    bandRows: band.rows,
    table: table!,
    panels: packed ?? gradients!,
    band: packedBand!,
  });
}
