/** Small computations on which backends are compared before they are used: between them they use every kind of kernel. */
import { Random } from '../base/random.js';
import type { Tensor } from '../graph/graph.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import {
  adam,
  bceDice,
  conv2d,
  convTranspose2d,
  gradients,
  maxPool2d,
  moments,
  normalise,
  softmax,
  upsample2d,
} from '../ops/index.js';
import type { Program } from './backend.js';
import { launch } from './run.js';

interface Check {
  readonly shapes: readonly Shape[];
  /** Which input is a mask, of values 0 and 1; the others hold values between -1 and 1. */
  readonly mask?: number;
  fn(...inputs: Tensor[]): readonly Tensor[];
}

/** The inner loops that most of the time is spent in, those of WebAssembly all of them. */
const INNER_LOOPS: Readonly<Record<string, Check>> = {
  'conv2d (Winograd)': {
    shapes: [[2, 12, 12, 16], [2, 12, 12, 8], [3, 3, 24, 24], [24], [2, 12, 12, 24]],
    fn(x, other, w, b, dy) {
      const y = conv2d([x!, other!], w!, b!, { relu: true });
      return [y, ...gradients(y, [x!, other!, w!, b!], dy!)];
    },
  },
  'conv2d (direct)': {
    shapes: [[1, 9, 7, 5], [3, 3, 5, 19], [19], [1, 9, 7, 19]],
    fn(x, w, b, dy) {
      const y = conv2d(x!, w!, b!);
      return [y, ...gradients(y, [x!, w!, b!], dy!)];
    },
  },
  convTranspose2d: {
    shapes: [[1, 5, 6, 16], [2, 2, 16, 16], [16], [1, 10, 12, 16]],
    fn(x, w, b, dy) {
      const y = convTranspose2d(x!, w!, b!);
      return [y, ...gradients(y, [x!, w!, b!], dy!)];
    },
  },
  'pooling and loss': {
    shapes: [[2, 8, 8, 1], [2, 4, 4, 1], [1]],
    mask: 1,
    fn(x, target, seed) {
      const loss = bceDice(maxPool2d(x!), target!);
      return [loss, ...gradients(loss, [x!], seed!)];
    },
  },
};

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decoupled: true };

/** What else a network and its training are made of, and what is a kernel of its own on a GPU. */
const OTHERS: Readonly<Record<string, Check>> = {
  'conv2d (direct, channels in fours)': {
    shapes: [[1, 6, 5, 4], [1, 6, 5, 8], [3, 3, 12, 8], [8], [1, 6, 5, 8]],
    fn(x, other, w, b, dy) {
      const y = conv2d([x!, other!], w!, b!, { relu: true });
      return [y, ...gradients(y, [x!, other!, w!, b!], dy!)];
    },
  },
  'batch norm': {
    shapes: [[2, 6, 5, 8], [8], [8], [2, 6, 5, 8]],
    fn(x, gamma, beta, dy) {
      const y = normalise(x!, moments(x!), gamma!, beta!);
      return [y, ...gradients(y, [x!, gamma!, beta!], dy!)];
    },
  },
  'upsampling and softmax': {
    shapes: [
      [1, 5, 4, 3],
      [1, 10, 8, 3],
    ],
    fn(x, dy) {
      const y = softmax(upsample2d(x!, 'bilinear'));
      return [y, ...gradients(y, [x!], dy!)];
    },
  },
  adam: {
    shapes: [[300], [300], [300], [300], [4]],
    // The second moment is not negative.
    mask: 3,
    fn: (p, g, m, v, rates) => adam(p!, g!, m!, v!, rates!, ADAM),
  },
};

/** The names of the inner loops, and of all checks. */
export const innerLoops: readonly string[] = Object.keys(INNER_LOOPS);
export const allChecks: readonly string[] = [...innerLoops, ...Object.keys(OTHERS)];

/** The error that Winograd's transforms may have in float32, relative to the largest value. */
const TOLERANCE = 1e-4;

/** Starts a check on a backend, whose outputs can then be read. */
export function startCheck<P extends Program>(
  backend: { compile(outputs: readonly Tensor[]): P },
  name: string,
): { readonly program: P; readonly outputs: readonly Tensor[] } {
  const { shapes, mask, fn } = { ...INNER_LOOPS, ...OTHERS }[name]!;
  const random = new Random([shapes.length, shapes[0]![1]!]);
  const arrays = shapes.map((shape, k) => {
    const value = k === mask ? () => random.integer(2) : () => random.uniform(-1, 1);
    return { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) };
  });
  return launch(backend, fn, arrays);
}

/** Whether values are no further from the expected ones than rounding explains. */
export function isClose(values: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(values).every((value, k) => Math.abs(value - expected[k]!) <= TOLERANCE * largest);
}
