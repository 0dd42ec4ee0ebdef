/** Whether two builds of the kernels give the same bits, and whether a build agrees with the reference. */
import type { Backend } from '../../../backend/backend.js';
import { ReferenceBackend } from '../../../backend/reference.js';
import { type NdArray, run } from '../../../backend/run.js';
import { Random } from '../../../base/random.js';
import type { Tensor } from '../../../graph/graph.js';
import { type Shape, sizeOf } from '../../../graph/shape.js';
import { bceDice, conv2d, convTranspose2d, gradients, maxPool2d } from '../../../ops/index.js';

interface Check {
  readonly shapes: readonly Shape[];
  /** Which input is a mask, of values 0 and 1; the others hold values between -1 and 1. */
  readonly mask?: number;
  fn(...inputs: Tensor[]): readonly Tensor[];
}

/** A few ops that between them use every kind of inner loop. */
const CHECKS: Readonly<Record<string, Check>> = {
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

/** Of the largest value: what Winograd's transforms may lose in float32. */
const TOLERANCE = 1e-4;

/** The name of the first check whose bits differ, or undefined. */
export function selfCheck(a: Backend, b: Backend): string | undefined {
  return Object.keys(CHECKS).find((name) => bits(a, name) !== bits(b, name));
}

/** The name of the first check in which a backend is further from the reference than rounding explains, or undefined. */
export function compareWithReference(backend: Backend): string | undefined {
  const reference = new ReferenceBackend();
  return Object.keys(CHECKS).find((name) => {
    const expected = outputs(reference, name);
    return outputs(backend, name).some((values, k) => !isClose(values, expected[k]!));
  });
}

function isClose(values: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(values).every((value, k) => Math.abs(value - expected[k]!) <= TOLERANCE * largest);
}

/** All outputs of a check as text, bit by bit. */
function bits(backend: Backend, name: string): string {
  return outputs(backend, name)
    .map((values) => String(new Uint32Array(Float32Array.from(values).buffer)))
    .join(';');
}

function outputs(backend: Backend, name: string): ArrayLike<number>[] {
  const { shapes, mask, fn } = CHECKS[name]!;
  const random = new Random([shapes.length, shapes[0]![1]!]);
  const arrays: NdArray[] = shapes.map((shape, k) => {
    const value = k === mask ? () => random.integer(2) : () => random.uniform(-1, 1);
    return { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) };
  });
  return run(backend, fn, ...arrays).map(({ data }) => data);
}
