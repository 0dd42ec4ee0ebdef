/** 2x2 max pooling with stride 2. */
import type { PoolGeometry } from '../../../ops/pooling.js';
import { input, invocations, type Kernel, type KernelsOf, type Operand, output } from '../kernel.js';

/** An invocation for each window. */
function windows(entry: string, inputs: readonly Operand[]): Kernel<PoolGeometry> {
  return {
    dispatches({ batch, height, width, channels }) {
      const count = batch * height * width * channels;
      return [
        {
          shader: 'pooling',
          entry,
          buffers: [...inputs, output(0)],
          uniforms: { integers: [count, width, channels] },
          groups: invocations(count),
        },
      ];
    },
  };
}

export const pooling: KernelsOf<'maxPool2d' | 'maxPool2dGrad'> = {
  maxPool2d: windows('maxPool2d', [input(0)]),
  maxPool2dGrad: windows('maxPool2dGrad', [input(0), input(1)]),
};
