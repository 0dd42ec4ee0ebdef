/** Whether two builds of the kernels give the same bits, and whether a build agrees with the reference. */
import type { Backend } from '../../../backend/backend.js';
import { ReferenceBackend } from '../../../backend/reference.js';
import { launch, type NdArray, run } from '../../../backend/run.js';
import type { WasmBackend } from '../../../backend/wasm/backend.js';
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

/** The error that Winograd's transforms may have in float32, relative to the largest value. */
const TOLERANCE = 1e-4;

/** The name of the first check whose bits differ, or undefined. */
export function selfCheck(a: WasmBackend, b: WasmBackend): string | undefined {
  return Object.keys(CHECKS).find((name) => bits(a, name) !== bits(b, name));
}

/** The name of the first check in which a backend is further from the reference than rounding explains, or undefined. */
export async function compareWithReference(backend: Backend): Promise<string | undefined> {
  const reference = new ReferenceBackend();
  for (const name of Object.keys(CHECKS)) {
    const [found, expected] = await Promise.all([backend, reference].map((each) => outputs(each, name)));
    if (found!.some((values, k) => !isClose(values, expected![k]!))) return name;
  }
  return undefined;
}

function isClose(values: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(values).every((value, k) => Math.abs(value - expected[k]!) <= TOLERANCE * largest);
}

/** Returns all outputs of a check as text, bit by bit. It is synchronous, as a build is chosen before any waiting. */
function bits(backend: WasmBackend, name: string): string {
  const { program, outputs } = launch(backend, CHECKS[name]!.fn, arraysOf(name));
  return outputs.map((output) => String(new Uint32Array(program.readSync(output).buffer))).join(';');
}

async function outputs(backend: Backend, name: string): Promise<ArrayLike<number>[]> {
  const results = await run(backend, CHECKS[name]!.fn, ...arraysOf(name));
  return results.map(({ data }) => data);
}

function arraysOf(name: string): NdArray[] {
  const { shapes, mask } = CHECKS[name]!;
  const random = new Random([shapes.length, shapes[0]![1]!]);
  return shapes.map((shape, k) => {
    const value = k === mask ? () => random.integer(2) : () => random.uniform(-1, 1);
    return { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) };
  });
}
