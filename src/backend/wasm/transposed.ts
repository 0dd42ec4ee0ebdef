import type { TransposedGeometry } from '../../ops/transposed.js';
import { type Band, dotBand, layout, outerBand, panelsLength, tableLength } from './band.js';
import type { KernelsOf } from './kernel.js';

export interface TransposedExports {
  readonly memory: WebAssembly.Memory;
  convTranspose2d(frame: number, x: number, w: number, b: number, y: number): void;
  convTranspose2dGradInput(frame: number, dy: number, w: number, dx: number): void;
  convTranspose2dGradWeight(frame: number, x: number, dy: number, dw: number, db: number): void;
}

/** A band and the lengths of the three pieces of scratch memory. */
interface Scratch {
  readonly band: Band;
  readonly lengths: readonly [table: number, panels: number, band: number];
}

type Names = 'convTranspose2d' | 'convTranspose2dGradInput' | 'convTranspose2dGradWeight';

export const transposed: KernelsOf<Names, TransposedExports> = {
  convTranspose2d: {
    workspace: (g) => scratchLength(forward(g)),
    run(wasm, g, [x, w, b], [y], workspace) {
      writeFrame(wasm, g, forward(g), workspace);
      wasm.convTranspose2d(workspace, x!, w!, b!, y!);
    },
  },
  convTranspose2dGradInput: {
    workspace: (g) => scratchLength(backward(g)),
    run(wasm, g, [dy, w], [dx], workspace) {
      writeFrame(wasm, g, backward(g), workspace);
      wasm.convTranspose2dGradInput(workspace, dy!, w!, dx!);
    },
  },
  convTranspose2dGradWeight: {
    workspace: (g) => scratchLength(weights(g)),
    run(wasm, g, [x, dy], [dw, db], workspace) {
      writeFrame(wasm, g, weights(g), workspace);
      wasm.convTranspose2dGradWeight(workspace, x!, dy!, dw!, db!);
    },
  },
};

function forward(g: TransposedGeometry): Scratch {
  const band = dotBand(g.batch, g.height, g.width, g.width * g.inChannels, 0);
  return { band, lengths: [tableLength(band.pixels), 4 * panelsLength(g.inChannels, g.outChannels), 0] };
}

function backward(g: TransposedGeometry): Scratch {
  const band = dotBand(g.batch, g.height, g.width, g.width * 4 * g.outChannels, 0);
  return { band, lengths: [tableLength(band.pixels), panelsLength(4 * g.outChannels, g.inChannels), 0] };
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

/** Fills in `TransposedFrame` (assembly/transposed.ts) at `workspace`. */
function writeFrame(
  wasm: TransposedExports,
  g: TransposedGeometry,
  { band, lengths }: Scratch,
  workspace: number,
): void {
  const [table, panels, packed] = layout(FRAME, ...lengths)
    .slice(1)
    .map((offset) => workspace + 4 * offset);
  const words = new Uint32Array(wasm.memory.buffer, workspace, FRAME);
  words.set([g.batch, g.height, g.width, g.inChannels, g.outChannels, band.images, band.rows]);
  words.set([table!, panels!, packed!], 7);
}
