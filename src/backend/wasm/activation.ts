import type { KernelsOf } from './kernel.js';
import { piecesOf, spanOf } from './split.js';

export interface ActivationExports {
  relu(length: number, x: number, y: number): void;
  reluGrad(length: number, dy: number, y: number, dx: number): void;
  sigmoid(length: number, x: number, y: number): void;
  sigmoidGrad(length: number, dy: number, y: number, dx: number): void;
  softmax(rows: number, channels: number, x: number, y: number, columns: number): void;
  softmaxGrad(rows: number, channels: number, dy: number, y: number, dx: number): void;
}

type Ops = 'relu' | 'reluGrad' | 'sigmoid' | 'sigmoidGrad' | 'softmax' | 'softmaxGrad';

export const activation: KernelsOf<Ops, ActivationExports> = {
  relu: {
    run(wasm, g, [x], [y], _workspace, _prepared, part) {
      const { at, count } = spanOf(part, g.length);
      wasm.relu(count, x! + 4 * at, y! + 4 * at);
    },
    pieces: (g) => piecesOf(g.length),
  },
  reluGrad: {
    run: (wasm, g, [dy, y], [dx]) => wasm.reluGrad(g.length, dy!, y!, dx!),
  },
  sigmoid: {
    run(wasm, g, [x], [y], _workspace, _prepared, part) {
      const { at, count } = spanOf(part, g.length);
      wasm.sigmoid(count, x! + 4 * at, y! + 4 * at);
    },
    pieces: (g) => piecesOf(g.length),
  },
  sigmoidGrad: {
    run: (wasm, g, [dy, y], [dx]) => wasm.sigmoidGrad(g.length, dy!, y!, dx!),
  },
  softmax: {
    run(wasm, { rows, channels }, [x], [y], workspace, _prepared, part) {
      const { at, count } = spanOf(part, rows);
      const offset = 4 * at * channels;
      wasm.softmax(count, channels, x! + offset, y! + offset, workspace);
    },
    workspace: (g) => 4 * g.channels,
    pieces: (g) => piecesOf(g.rows),
  },
  softmaxGrad: {
    run: (wasm, g, [dy, y], [dx]) => wasm.softmaxGrad(g.rows, g.channels, dy!, y!, dx!),
  },
};
