/** Convolution: which of the two kinds of kernels computes it. */
import type { ConvGeometry } from '../../ops/convolution.js';
import { type DirectExports, direct } from './direct.js';
import type { Kernel, KernelsOf } from './kernel.js';
import { suitsWinograd, type WinogradExports, winograd } from './winograd.js';

export type ConvolutionExports = DirectExports & WinogradExports;

type Names = 'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight';

export const convolution: KernelsOf<Names, ConvolutionExports> = {
  conv2d: choose('conv2d'),
  conv2dGradInput: choose('conv2dGradInput'),
  conv2dGradWeight: choose('conv2dGradWeight'),
};

function choose(name: Names): Kernel<ConvGeometry, ConvolutionExports> {
  const kernel = (g: ConvGeometry) => (suitsWinograd(g) ? winograd : direct)[name];
  return {
    workspace: (g) => kernel(g).workspace?.(g) ?? 0,
    run: (wasm, g, inputs, outputs, workspace) => kernel(g).run(wasm, g, inputs, outputs, workspace),
  };
}
