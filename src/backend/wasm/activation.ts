import type { KernelsOf } from './kernel.js';

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
    run: (wasm, g, [x], [y]) => wasm.relu(g.length, x!, y!),
  },
  reluGrad: {
    run: (wasm, g, [dy, y], [dx]) => wasm.reluGrad(g.length, dy!, y!, dx!),
  },
  sigmoid: {
    run: (wasm, g, [x], [y]) => wasm.sigmoid(g.length, x!, y!),
  },
  sigmoidGrad: {
    run: (wasm, g, [dy, y], [dx]) => wasm.sigmoidGrad(g.length, dy!, y!, dx!),
  },
  softmax: {
    run: (wasm, g, [x], [y], workspace) => wasm.softmax(g.rows, g.channels, x!, y!, workspace),
    workspace: (g) => 4 * g.channels,
  },
  softmaxGrad: {
    run: (wasm, g, [dy, y], [dx]) => wasm.softmaxGrad(g.rows, g.channels, dy!, y!, dx!),
  },
};
