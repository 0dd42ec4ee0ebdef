import type { KernelsOf } from './kernel.js';

export interface ActivationExports {
  relu(length: number, x: number, y: number): void;
}

export const activation: KernelsOf<'relu', ActivationExports> = {
  relu: {
    run: (wasm, g, [x], [y]) => wasm.relu(g.length, x!, y!),
  },
};
