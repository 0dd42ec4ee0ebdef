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
  const kernel = (g: ConvGeometry): Kernel<ConvGeometry, ConvolutionExports> => {
    return (suitsWinograd(g) ? winograd : direct)[name];
  };
  // Both kinds prepare the same weights, or neither does: the weight gradient reads none.
  const { preparation } = direct[name];
  return {
    workspace: (g) => kernel(g).workspace?.(g) ?? 0,
    pieces: (g) => kernel(g).pieces?.(g) ?? 1,
    run: (wasm, g, ...rest) => kernel(g).run(wasm, g, ...rest),
    ...(preparation && {
      preparation: {
        weights: preparation.weights,
        length: (g: ConvGeometry) => kernel(g).preparation!.length(g),
        run: (wasm, g, ...rest) => kernel(g).preparation!.run(wasm, g, ...rest),
      } satisfies Kernel<ConvGeometry, ConvolutionExports>['preparation'],
    }),
  };
}
