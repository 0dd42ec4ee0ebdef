/** Convolution: which of the two kinds of kernels computes it. */
import type { ConvGeometry } from '../../../ops/convolution.js';
import type { Kernel, KernelsOf } from '../kernel.js';
import { direct } from './direct.js';
import { suitsWinograd, winograd } from './winograd.js';

type Names = 'conv2d' | 'conv2dGradInput' | 'conv2dGradWeight';

export const convolution: KernelsOf<Names> = {
  conv2d: choose('conv2d', [-2]),
  conv2dGradInput: choose('conv2dGradInput', [-1]),
  conv2dGradWeight: choose('conv2dGradWeight', []),
};

/** @param weights the inputs that are packed, by whichever kind packs any */
function choose(name: Names, weights: readonly number[]): Kernel<ConvGeometry> {
  const kernel = (g: ConvGeometry): Kernel<ConvGeometry> => (suitsWinograd(g) ? winograd : direct)[name];
  return {
    workspace: (g) => kernel(g).workspace?.(g) ?? 0,
    dispatches: (g) => kernel(g).dispatches(g),
    ...(weights.length > 0 && {
      prepack: {
        weights,
        length: (g: ConvGeometry) => kernel(g).prepack?.length(g) ?? 0,
        dispatches: (g: ConvGeometry) => kernel(g).prepack?.dispatches(g) ?? [],
      },
    }),
  };
}
