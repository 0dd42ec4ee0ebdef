/** The direct kernels of convolution: any size, any number of channels. */
import type { ConvGeometry } from '../../ops/convolution.js';
import { type Band, dotBand, layout, outerBand, panelsLength, tableLength } from './band.js';
import type { KernelsOf } from './kernel.js';

export interface DirectExports {
  readonly memory: WebAssembly.Memory;
  conv2d(frame: number, w: number, b: number, y: number): void;
  conv2dGradInput(frame: number, dy: number, w: number): void;
  conv2dGradWeight(frame: number, dy: number, dw: number, db: number): void;
}

/** A band and the lengths of the three pieces of scratch memory. */
interface Scratch {
  readonly band: Band;
  readonly lengths: readonly [table: number, band: number, panels: number];
}

export const direct: KernelsOf<'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight', DirectExports> = {
  conv2d: {
    workspace: (g) => scratchLength(g, forward(g)),
    run(wasm, g, inputs, [y], workspace) {
      const [w, b] = inputs.slice(-2);
      writeFrame(wasm, g, forward(g), inputs, workspace);
      wasm.conv2d(workspace, w!, b!, y!);
    },
  },
  conv2dGradInput: {
    workspace: (g) => scratchLength(g, backward(g)),
    run(wasm, g, [dy, w], outputs, workspace) {
      writeFrame(wasm, g, backward(g), outputs, workspace);
      wasm.conv2dGradInput(workspace, dy!, w!);
    },
  },
  conv2dGradWeight: {
    workspace: (g) => scratchLength(g, weights(g)),
    run(wasm, g, inputs, [dw, db], workspace) {
      writeFrame(wasm, g, weights(g), inputs, workspace);
      wasm.conv2dGradWeight(workspace, inputs.at(-1)!, dw!, db!);
    },
  },
};

function forward(g: ConvGeometry): Scratch {
  return products(g, g.inChannels, panelsLength(g.kernel ** 2 * g.inChannels, g.outChannels));
}

function backward(g: ConvGeometry): Scratch {
  const rows = g.kernel ** 2 * g.outChannels;
  return products(
    g,
    g.outChannels,
    g.sources.reduce((sum, channels) => sum + panelsLength(rows, channels), 0),
  );
}

/** Scratch of a product of the padded activation of `channels` channels with panels. */
function products(g: ConvGeometry, channels: number, panels: number): Scratch {
  const halo = (g.kernel - 1) / 2;
  const rowLength = (g.width + 2 * halo) * channels;
  const band = dotBand(g.batch, g.height, g.width, rowLength, halo);
  return { band, lengths: [tableLength(band.pixels), band.images * (band.rows + 2 * halo) * rowLength, panels] };
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

/** Fills in `ConvFrame` (assembly/convolution.ts) at `workspace`. */
function writeFrame(
  wasm: DirectExports,
  g: ConvGeometry,
  { band, lengths }: Scratch,
  addresses: readonly number[],
  workspace: number,
): void {
  const [table, packed, panels] = layout(frameLength(g), ...lengths)
    .slice(1)
    .map((offset) => workspace + 4 * offset);
  const words = new Uint32Array(wasm.memory.buffer, workspace, frameLength(g));
  words.set([g.batch, g.height, g.width, g.inChannels, g.outChannels, g.kernel, g.relu ? 1 : 0, g.sources.length]);
  words.set([band.images, band.rows, table!, packed!, panels!], 8);
  g.sources.forEach((channels, k) => {
    words.set([addresses[k]!, channels], 16 + 2 * k);
  });
}
