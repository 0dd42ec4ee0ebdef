/** ReLU, sigmoid and softmax over the channels. Each gradient is a function of the output. */
import { type Op, record, type Tensor } from '../graph/graph.js';
import { sizeOf } from '../graph/shape.js';
import { activation } from './check.js';

export interface ElementwiseGeometry {
  readonly length: number;
}

export interface SoftmaxGeometry {
  /** The number of rows of `channels` values each. */
  readonly rows: number;
  readonly channels: number;
}

export const reluOp: Op<ElementwiseGeometry> = {
  name: 'relu',
  inPlace: 0,
  vjp: (node, [dy]) => [reluGrad(node.outputs[0]!, dy!)],
};

/** (dy, y) -> dy where y > 0, else 0: PyTorch's gradient at 0. */
export const reluGradOp: Op<ElementwiseGeometry> = { name: 'reluGrad', inPlace: 0 };

export const sigmoidOp: Op<ElementwiseGeometry> = {
  name: 'sigmoid',
  inPlace: 0,
  vjp: (node, [dy]) => record(sigmoidGradOp, [dy!, node.outputs[0]!], node.geometry, [dy!.shape]),
};

/** (dy, y) -> dy y (1 - y). */
export const sigmoidGradOp: Op<ElementwiseGeometry> = { name: 'sigmoidGrad', inPlace: 0 };

export const softmaxOp: Op<SoftmaxGeometry> = {
  name: 'softmax',
  vjp: (node, [dy]) => record(softmaxGradOp, [dy!, node.outputs[0]!], node.geometry, [dy!.shape]),
};

/** (dy, y) -> y (dy - sum over channels of dy y). */
export const softmaxGradOp: Op<SoftmaxGeometry> = { name: 'softmaxGrad' };

/** max(x, 0), NaN kept. PyTorch: `relu`. */
export function relu(x: Tensor): Tensor {
  return record(reluOp, [x], { length: sizeOf(x.shape) }, [x.shape])[0]!;
}

/** The gradient of ReLU's input, from its output `y`. */
export function reluGrad(y: Tensor, dy: Tensor): Tensor {
  return record(reluGradOp, [dy, y], { length: sizeOf(y.shape) }, [y.shape])[0]!;
}

/** 1 / (1 + exp(-x)). PyTorch: `sigmoid`. */
export function sigmoid(x: Tensor): Tensor {
  return record(sigmoidOp, [x], { length: sizeOf(x.shape) }, [x.shape])[0]!;
}

/** exp(x) / sum over channels of exp(x), x [N,H,W,C]. PyTorch: `softmax(x, 1)`. */
export function softmax(x: Tensor): Tensor {
  const [batch, height, width, channels] = activation('softmax', 'x', x);
  return record(softmaxOp, [x], { rows: batch * height * width, channels }, [x.shape])[0]!;
}
