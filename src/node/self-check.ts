/** Whether two builds of the kernels give the same bits. */
import type { Backend } from '../backend/backend.js';
import { type NdArray, run } from '../backend/run.js';
import { Random } from '../base/random.js';
import type { Tensor } from '../graph/graph.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { bceDice, conv2d, convTranspose2d, gradients, maxPool2d } from '../ops/index.js';

/** A few ops that between them use every kind of inner loop. */
const CHECKS: { readonly [name: string]: { shapes: readonly Shape[]; fn: (...x: Tensor[]) => readonly Tensor[] } } = {
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
    fn(x, target, seed) {
      const loss = bceDice(maxPool2d(x!), target!);
      return [loss, ...gradients(loss, [x!], seed!)];
    },
  },
};

/** The name of the first check whose bits differ, or undefined. */
export function selfCheck(a: Backend, b: Backend): string | undefined {
  return Object.keys(CHECKS).find((name) => bits(a, name) !== bits(b, name));
}

/** All outputs of a check as text, bit by bit. */
function bits(backend: Backend, name: string): string {
  const { shapes, fn } = CHECKS[name]!;
  const random = new Random([shapes.length, shapes[0]![1]!]);
  const arrays: NdArray[] = shapes.map((shape) => {
    return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)) };
  });
  const outputs = run(backend, fn, ...arrays);
  return outputs.map(({ data }) => String(new Uint32Array(Float32Array.from(data).buffer))).join(';');
}
