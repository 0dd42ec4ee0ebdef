/** ReLU, sigmoid and softmax, each with its gradient. */
import type { ElementwiseGeometry, SoftmaxGeometry } from '../../../ops/activation.js';
import { type Dispatch, input, invocations, type Kernel, type KernelsOf, output } from '../kernel.js';

/** An invocation for each element. */
function elementwise(entry: string, inputs: number): Kernel<ElementwiseGeometry> {
  return {
    inPlace: [0],
    dispatches: ({ length }) => [dispatch(entry, inputs, length, [length])],
  };
}

/** An invocation for each row of channels. */
function rowwise(entry: string, inputs: number): Kernel<SoftmaxGeometry> {
  return { dispatches: ({ rows, channels }) => [dispatch(entry, inputs, rows, [rows, channels])] };
}

function dispatch(entry: string, inputs: number, count: number, integers: readonly number[]): Dispatch {
  const operands = Array.from({ length: inputs }, (_, k) => input(k));
  return {
    shader: 'activation',
    entry,
    buffers: [...operands, output(0)],
    uniforms: { integers },
    groups: invocations(count),
  };
}

export const activation: KernelsOf<'relu' | 'reluGrad' | 'sigmoid' | 'sigmoidGrad' | 'softmax' | 'softmaxGrad'> = {
  relu: elementwise('relu', 1),
  reluGrad: elementwise('reluGrad', 2),
  sigmoid: elementwise('sigmoid', 1),
  sigmoidGrad: elementwise('sigmoidGrad', 2),
  softmax: rowwise('softmax', 1),
  softmaxGrad: rowwise('softmaxGrad', 2),
};
