/** The rounding error of the Winograd kernels, measured against float64 and bounded by that of the direct ones. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { type NdArray, run } from '../../src/backend/run.js';
import { direct } from '../../src/backend/wasm/kernels/direct.js';
import { kernels } from '../../src/backend/wasm/kernels/index.js';
import { winograd } from '../../src/backend/wasm/kernels/winograd.js';
import { fold, Random, seedKey } from '../../src/base/random.js';
import type { Tensor } from '../../src/graph/graph.js';
import { type Shape, sizeOf } from '../../src/graph/shape.js';
import { conv2d, gradients } from '../../src/ops/index.js';
import { wasmBackend } from '../support/backend/backends.js';

/** How much larger the rms error may be than that of direct float32 convolution. */
const LIMIT = 3;

const BATCH = 2;
const SIZE = 24;
const CHANNELS = 32;
const PASSES = ['forward', 'data gradient', 'weight gradient'];

function normal(name: string, shape: Shape): NdArray {
  const random = new Random(fold(seedKey(1), name));
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) };
}

const activation = [BATCH, SIZE, SIZE, CHANNELS];
const arrays = [
  normal('x', activation),
  normal('w', [3, 3, CHANNELS, CHANNELS]),
  normal('b', [CHANNELS]),
  normal('dy', activation),
];

function passes(x?: Tensor, w?: Tensor, b?: Tensor, dy?: Tensor): Tensor[] {
  const y = conv2d(x!, w!, b!);
  return [y, ...gradients(y, [x!, w!], dy!)];
}

async function compute(backend: Backend): Promise<Float64Array[]> {
  const results = await run(backend, passes, ...arrays);
  return results.map(({ data }) => Float64Array.from(data));
}

/** Root mean square of the differences. */
function rms(values: Float64Array, expected: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0) / values.length);
}

const chosen = { ...kernels };
const exact = await compute(new ReferenceBackend('float64'));
const errors: number[][] = [];
for (const family of [direct, winograd]) {
  Object.assign(kernels, family);
  const values = await compute(wasmBackend());
  Object.assign(kernels, chosen);
  errors.push(values.map((data, k) => rms(data, exact[k]!)));
}

PASSES.forEach((pass, k) => {
  test(`${pass}: rms error at most ${LIMIT} times that of direct convolution`, () => {
    const [ofDirect, ofWinograd] = errors.map((list) => list[k]!) as [number, number];
    assert.ok(ofDirect > 0 && ofWinograd > 0, 'both have rounded');
    assert.is.not(ofWinograd, ofDirect);
    const ratio = ofWinograd / ofDirect;
    assert.ok(ratio <= LIMIT, `${pass}: ${ofWinograd.toExponential(2)} is ${ratio.toFixed(2)} times ${ofDirect}`);
    console.log(`  ${pass}: ${ratio.toFixed(2)} times`);
  });
});

test.run();
