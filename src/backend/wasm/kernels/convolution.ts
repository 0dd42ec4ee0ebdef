/** Convolution: which of the two kinds of kernels computes it. */
import type { ConvGeometry } from '../../../ops/convolution.js';
import type { Kernel, KernelsOf, Prepack } from '../kernel.js';
import { type DirectExports, direct } from './direct.js';
import { suitsWinograd, type WinogradExports, winograd } from './winograd.js';

export type ConvolutionExports = DirectExports & WinogradExports;

type Names = 'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight';

export const convolution: KernelsOf<Names, ConvolutionExports> = {
  conv2d: choose('conv2d'),
  conv2dGradInput: choose('conv2dGradInput'),
  conv2dGradWeight: choose('conv2dGradWeight'),
};

function choose(name: Names): Kernel<ConvGeometry, ConvolutionExports> {
  const kernel = (g: ConvGeometry): Kernel<ConvGeometry, ConvolutionExports> => {
    return (suitsWinograd(g) ? winograd : direct)[name];
  };
  // Both kinds pack the same weights, or neither does: the weight gradient reads none.
  const { prepack } = direct[name];
  return {
    workspace: (g) => kernel(g).workspace?.(g) ?? 0,
    units: (g) => kernel(g).units?.(g) ?? 1,
    run: (wasm, call) => kernel(call.geometry).run(wasm, call),
    ...(prepack && {
      prepack: {
        weights: prepack.weights,
        length: (g) => kernel(g).prepack!.length(g),
        run: (wasm, operands) => kernel(operands.geometry).prepack!.run(wasm, operands),
      } satisfies Prepack<ConvGeometry, ConvolutionExports>,
    }),
  };
}
