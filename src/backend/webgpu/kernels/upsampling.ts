/** Upsampling by two, nearest and bilinear. */
import type { UpsampleGeometry } from '../../../ops/upsampling.js';
import { input, invocations, type Kernel, type KernelsOf, output } from '../kernel.js';

/** An invocation for each element that is written: `scale` x `scale` for each pixel of the smaller tensor. */
function elementwise(entries: { nearest: string; bilinear: string }, scale: number): Kernel<UpsampleGeometry> {
  return {
    dispatches({ batch, height, width, channels, interpolation }) {
      const count = scale ** 2 * batch * height * width * channels;
      return [
        {
          shader: 'upsampling',
          entry: interpolation === 'nearest' ? entries.nearest : entries.bilinear,
          constants: { alignCorners: interpolation === 'bilinear-align-corners' ? 1 : 0 },
          buffers: [input(0), output(0)],
          uniforms: { integers: [count, height, width, channels] },
          groups: invocations(count),
        },
      ];
    },
  };
}

export const upsampling: KernelsOf<'upsample2d' | 'upsample2dGrad'> = {
  upsample2d: elementwise({ nearest: 'nearest', bilinear: 'bilinear' }, 2),
  upsample2dGrad: elementwise({ nearest: 'nearestGrad', bilinear: 'bilinearGrad' }, 1),
};
