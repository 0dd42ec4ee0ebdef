import type { TransposedGeometry } from '../../ops/transposed.js';
import { type Band, dotBand, layout, outerBand, panelsLength, tableLength } from './band.js';
import type { KernelsOf } from './kernel.js';

export interface TransposedExports {
  readonly memory: WebAssembly.Memory;
  packTaps(frame: number, w: number, b: number): void;
  convTranspose2d(frame: number, x: number, y: number, firstLine: number, lastLine: number): void;
  packTapsTransposed(frame: number, w: number): void;
  convTranspose2dGradInput(frame: number, dy: number, dx: number): void;
  convTranspose2dGradWeight(frame: number, x: number, dy: number, dw: number, db: number): void;
}

/** A band and the lengths of the pieces of scratch memory. */
interface Scratch {
  readonly band: Band;
  readonly lengths: readonly [table: number, gradients: number, band: number];
}

type Names = 'convTranspose2d' | 'convTranspose2dGradInput' | 'convTranspose2dGradWeight';

export const transposed: KernelsOf<Names, TransposedExports> = {
  convTranspose2d: {
    workspace: (g) => scratchLength(products(g, g.inChannels)),
    pieces: (g) => g.batch * g.height,
    run(wasm, g, [x], [y], workspace, prepared, { first, last }) {
      writeFrame(wasm, g, products(g, g.inChannels), workspace, prepared);
      wasm.convTranspose2d(workspace, x!, y!, first, last);
    },
    preparation: {
      weights: [-2, -1],
      length: (g) => 4 * panelsLength(g.inChannels, g.outChannels),
      run(wasm, g, [, w, b], _, workspace, prepared) {
        writeFrame(wasm, g, products(g, g.inChannels), workspace, prepared);
        wasm.packTaps(workspace, w!, b!);
      },
    },
  },
  convTranspose2dGradInput: {
    workspace: (g) => scratchLength(products(g, 4 * g.outChannels)),
    run(wasm, g, [dy], [dx], workspace, prepared) {
      writeFrame(wasm, g, products(g, 4 * g.outChannels), workspace, prepared);
      wasm.convTranspose2dGradInput(workspace, dy!, dx!);
    },
    preparation: {
      weights: [-1],
      length: (g) => panelsLength(4 * g.outChannels, g.inChannels),
      run(wasm, g, [, w], _, workspace, prepared) {
        writeFrame(wasm, g, products(g, 4 * g.outChannels), workspace, prepared);
        wasm.packTapsTransposed(workspace, w!);
      },
    },
  },
  convTranspose2dGradWeight: {
    workspace: (g) => scratchLength(weights(g)),
    run(wasm, g, [x, dy], [dw, db], workspace) {
      const scratch = weights(g);
      writeFrame(wasm, g, scratch, workspace, addresses(scratch, workspace)[1]!);
      wasm.convTranspose2dGradWeight(workspace, x!, dy!, dw!, db!);
    },
  },
};

/** Scratch of a product of an activation, `channels` elements a pixel of the smaller image, with panels. */
function products(g: TransposedGeometry, channels: number): Scratch {
  const band = dotBand(g.batch, g.height, g.width, g.width * channels, 0);
  return { band, lengths: [tableLength(band.pixels), 0, 0] };
}

function weights(g: TransposedGeometry): Scratch {
  const band = outerBand(g.batch, g.height, g.width);
  const round = (channels: number, multiple: number) => Math.ceil(channels / multiple) * multiple;
  return {
    band,
    lengths: [tableLength(0), round(g.outChannels, 8) * band.pixels, round(g.inChannels, 4) * band.pixels],
  };
}

/** Words of `TransposedFrame`. */
const FRAME = 16;

function scratchLength(scratch: Scratch): number {
  return layout(FRAME, ...scratch.lengths).at(-1)!;
}

/** Of the pieces of scratch memory. */
function addresses({ lengths }: Scratch, workspace: number): number[] {
  return layout(FRAME, ...lengths)
    .slice(1)
    .map((offset) => workspace + 4 * offset);
}

/** Fills in `TransposedFrame` (assembly/transposed.ts) at `workspace`. */
function writeFrame(
  wasm: TransposedExports,
  g: TransposedGeometry,
  scratch: Scratch,
  workspace: number,
  panels: number,
): void {
  const { band } = scratch;
  const [table, , packed] = addresses(scratch, workspace);
  const words = new Uint32Array(wasm.memory.buffer, workspace, FRAME);
  words.set([g.batch, g.height, g.width, g.inChannels, g.outChannels, band.images, band.rows]);
  words.set([table!, panels, packed!], 7);
}
