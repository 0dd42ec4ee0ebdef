/** ReLU, sigmoid and softmax, each with its gradient as a function of the output. */
import type { ElementwiseGeometry, SoftmaxGeometry } from '../src/ops/activation.js';
import type { Kernel } from './kernel.js';

/** (x) -> max(x, 0); NaN stays NaN. */
export const relu: Kernel<ElementwiseGeometry> = ({ length }, [x], [y]) => {
  for (let i = 0; i < length; i++) y[i] = Math.max(x[i], 0);
};

/** (dy, y) -> dy where y > 0, else 0. */
export const reluGrad: Kernel<ElementwiseGeometry> = ({ length }, [dy, y], [dx]) => {
  for (let i = 0; i < length; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
};

/** (x) -> 1 / (1 + exp(-x)). For large negative x, exp(-x) is Infinity and the quotient is 0, as it should be. */
export const sigmoid: Kernel<ElementwiseGeometry> = ({ length }, [x], [y]) => {
  for (let i = 0; i < length; i++) y[i] = 1 / (1 + Math.exp(-x[i]));
};

/** (dy, y) -> dy y (1 - y). */
export const sigmoidGrad: Kernel<ElementwiseGeometry> = ({ length }, [dy, y], [dx]) => {
  for (let i = 0; i < length; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
};

/** (x) -> exp(x) / sum over the row of exp(x). The largest value is subtracted first, so that exp cannot overflow. */
export const softmax: Kernel<SoftmaxGeometry> = ({ rows, channels }, [x], [y]) => {
  for (let row = 0; row < rows; row++) {
    const first = row * channels;
    let largest = -Infinity;
    for (let c = 0; c < channels; c++) largest = Math.max(largest, x[first + c]);
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += Math.exp(x[first + c] - largest);
    for (let c = 0; c < channels; c++) y[first + c] = Math.exp(x[first + c] - largest) / sum;
  }
};

/** (dy, y) -> y (dy - sum over the row of dy y). */
export const softmaxGrad: Kernel<SoftmaxGeometry> = ({ rows, channels }, [dy, y], [dx]) => {
  for (let row = 0; row < rows; row++) {
    const first = row * channels;
    let dot = 0;
    for (let c = 0; c < channels; c++) dot += dy[first + c] * y[first + c];
    for (let c = 0; c < channels; c++) dx[first + c] = y[first + c] * (dy[first + c] - dot);
  }
};
