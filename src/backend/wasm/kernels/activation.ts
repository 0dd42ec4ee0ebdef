/** ReLU, sigmoid and softmax; see assembly/activation.ts. */
import type { KernelsOf } from '../kernel.js';
import { spanOf, unitsOf } from './units.js';

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
    run(wasm, { geometry: g, inputs: [x], outputs: [y], range }) {
      const { at, count } = spanOf(range, g.length);
      wasm.relu(count, x! + 4 * at, y! + 4 * at);
    },
    units: (g) => unitsOf(g.length),
  },
  reluGrad: {
    run: (wasm, { geometry: g, inputs: [dy, y], outputs: [dx] }) => wasm.reluGrad(g.length, dy!, y!, dx!),
  },
  sigmoid: {
    run(wasm, { geometry: g, inputs: [x], outputs: [y], range }) {
      const { at, count } = spanOf(range, g.length);
      wasm.sigmoid(count, x! + 4 * at, y! + 4 * at);
    },
    units: (g) => unitsOf(g.length),
  },
  sigmoidGrad: {
    run: (wasm, { geometry: g, inputs: [dy, y], outputs: [dx] }) => wasm.sigmoidGrad(g.length, dy!, y!, dx!),
  },
  softmax: {
    run(wasm, { geometry: { rows, channels }, inputs: [x], outputs: [y], workspace, range }) {
      const { at, count } = spanOf(range, rows);
      const offset = 4 * at * channels;
      wasm.softmax(count, channels, x! + offset, y! + offset, workspace);
    },
    workspace: (g) => 4 * g.channels,
    units: (g) => unitsOf(g.rows),
  },
  softmaxGrad: {
    run: (wasm, { geometry: g, inputs: [dy, y], outputs: [dx] }) => wasm.softmaxGrad(g.rows, g.channels, dy!, y!, dx!),
  },
};
