/** Optimizers: clipping by the norm of all gradients, and resuming from a saved state. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend, Storage, Values } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { run } from '../../src/backend/run.js';
import { Random, seedKey } from '../../src/base/random.js';
import { createBackend } from '../../src/index.js';
import { clipRates } from '../../src/ops/index.js';
import { identical, mismatch } from '../../src/selftest/compare.js';
import { Optimizer, type OptimizerOptions, optimizers } from '../../src/train/optimizer/optimizer.js';
import { teamBackend, wasmBackend } from '../support/backend/backends.js';
import { throwsInput } from '../support/throws.js';

/** Parameters, gradients and their optimizer, with normal numbers in both. */
function setUp(backend: Backend, length: number, options: OptimizerOptions) {
  const parameters = backend.allocate(length);
  const gradients = backend.allocate(length);
  const optimizer = new Optimizer(backend, parameters, gradients, options);
  fill(parameters, 1);
  fill(gradients, 2);
  return { parameters, gradients, optimizer };
}

function fill(storage: Storage, seed: number): void {
  const random = new Random(seedKey(seed));
  storage.write(Float64Array.from({ length: storage.length }, () => random.normal()));
}

/** The parameters after steps with gradients of their own each, numbered from `first`. */
async function train(run: ReturnType<typeof setUp>, first: number, steps: number): Promise<Values> {
  for (let k = first; k < first + steps; k++) {
    fill(run.gradients, 100 + k);
    run.optimizer.step(0.01 / (k + 1));
  }
  return run.parameters.read();
}

test('clipping by hand: (3, 4) has norm 5', async () => {
  const options = { optimizer: 'sgd', momentum: 0, maxGradientNorm: 1 } as const;
  const { parameters, gradients, optimizer } = setUp(new ReferenceBackend('float64'), 2, options);
  parameters.write([0, 0]);
  gradients.write([3, 4]);
  optimizer.step(1);
  assert.is(await optimizer.gradientNorm(), 5);
  assert.is(mismatch(await parameters.read(), [-3 / 5.000001, -4 / 5.000001], 1e-15), undefined);
});

/** Parameters (1, -2, 3) after four steps of PyTorch 2.13 with gradients (k + 0.5, -0.5 k, 0.25) and the norms. */
const PYTORCH: [OptimizerOptions, number[]][] = [
  [{ optimizer: 'sgd', weightDecay: 0.01 }, [0.29860406976548004, -1.787869865789256, 2.820773873947984]],
  [{ optimizer: 'adam', weightDecay: 0.01 }, [0.6045979022529219, -1.6412685490456675, 2.6232804815689668]],
  [{ optimizer: 'adamw' }, [0.6013957437062328, -1.740645825960603, 2.617928266154113]],
];
const NORMS = [0.5590169943749475, 1.6007810593582121, 2.704163456597992, 3.816084380618437];

for (const [options, expected] of PYTORCH) {
  test(`${options.optimizer} with clip_grad_norm_(1) as PyTorch`, async () => {
    const backend = new ReferenceBackend('float64');
    const { parameters, gradients, optimizer } = setUp(backend, 3, { ...options, maxGradientNorm: 1 });
    parameters.write([1, -2, 3]);
    for (const [k, norm] of NORMS.entries()) {
      gradients.write([k + 0.5, -0.5 * k, 0.25]);
      optimizer.step(0.1);
      assert.is(mismatch([await optimizer.gradientNorm()], [norm], 1e-15), undefined, `norm ${k}`);
    }
    assert.is(mismatch(await parameters.read(), expected, 1e-13), undefined);
  });
}

test('without clipping, the norm of each step is computed where it is asked for, and changes no bit', async () => {
  const backend = wasmBackend();
  const { parameters, gradients, optimizer } = setUp(backend, 2, {});
  let compiled = 0;
  const compile = backend.compile.bind(backend);
  backend.compile = (...args) => {
    compiled++;
    return compile(...args);
  };
  for (const [gradient, norm] of [
    [[3, 4], 5],
    [[6, 8], 10],
  ] as const) {
    gradients.write(gradient);
    optimizer.step(0.1);
    const before = await parameters.read();
    assert.is(compiled, norm === 5 ? 0 : 1, 'compiled when it is first asked for');
    assert.is(await optimizer.gradientNorm(), norm);
    assert.equal(await parameters.read(), before);
  }
});

test('the factor has the bits of float64 arithmetic, whatever is not finite', async () => {
  const random = new Random(seedKey(3));
  const normals = Array.from({ length: 20 }, () => Float32Array.from({ length: 300 }, () => random.normal()));
  const wrong = [
    [Number.NaN, 1],
    [Infinity, 1],
    [-Infinity, Number.NaN],
    [0, 0],
  ].map((x) => Float32Array.from(x));
  for (const norms of [...normals, ...wrong]) {
    const factor = Math.min(1, 0.3 / (Math.sqrt(norms.reduce((sum, norm) => sum + norm * norm, 0)) + 1e-6));
    for (const backend of [wasmBackend(), new ReferenceBackend()]) {
      const [clipped] = await run(
        backend,
        (norms, rates) => [clipRates(norms!, rates!, 0.3)],
        { shape: [norms.length], data: norms },
        { shape: [2], data: [0.1, 1] },
      );
      assert.ok(identical(clipped!.data, Float32Array.of(0.1, factor)), `${backend.name}: ${clipped!.data}, ${factor}`);
    }
  }
});

test('a gradient that is not finite makes parameters that are not numbers, clipped or not', async () => {
  for (const optimizer of optimizers) {
    for (const wrong of [Number.NaN, Infinity, -Infinity]) {
      for (const options of [{ optimizer }, { optimizer, maxGradientNorm: 1 }]) {
        const run = setUp(wasmBackend(), 3, options);
        run.gradients.write([0.5, wrong, 0.5]);
        run.optimizer.step(0.1);
        assert.not(Number.isFinite((await run.parameters.read())[1]), JSON.stringify({ ...options, wrong }));
      }
    }
  }
});

test('a norm below the limit changes no bit', async () => {
  for (const optimizer of optimizers) {
    const plain = await train(setUp(wasmBackend(), 5000, { optimizer }), 0, 3);
    const clipped = await train(setUp(wasmBackend(), 5000, { optimizer, maxGradientNorm: 1000 }), 0, 3);
    assert.ok(identical(plain, clipped), optimizer);
  }
});

test('large and small gradients: squares leave the range of float32, the norm does not', async () => {
  for (const scale of [1e-30, 1e30]) {
    const { gradients, optimizer } = setUp(wasmBackend(), 10_000, { maxGradientNorm: 1 });
    gradients.fill(scale);
    optimizer.step(0.1);
    assert.is(mismatch([(await optimizer.gradientNorm()) / scale], [100], 2e-7), undefined, `${scale}`);
  }
});

test('the same norm and the same weights for any number of threads, with and without the vectoriser', async () => {
  for (const optimizer of optimizers) {
    const results = [];
    for (const backend of [wasmBackend(), createBackend(), ...[2, 3, 5].map(teamBackend)]) {
      const run = setUp(backend, 50_003, { optimizer, maxGradientNorm: 1 });
      results.push({ name: backend.name, weights: await train(run, 0, 3), norm: await run.optimizer.gradientNorm() });
    }
    for (const { name, weights, norm } of results) {
      assert.is(norm, results[0]!.norm, `${optimizer}, ${name}`);
      assert.ok(identical(weights, results[0]!.weights), `${optimizer}, ${name}`);
    }
  }
});

for (const optimizer of optimizers) {
  test(`${optimizer}: 3 steps, saved, restored, 3 more are 6 steps, bit for bit`, async () => {
    const options = { optimizer, maxGradientNorm: 10 };
    const whole = setUp(wasmBackend(), 1000, options);
    const expected = await train(whole, 0, 6);

    const before = setUp(wasmBackend(), 1000, options);
    await train(before, 0, 3);
    const after = setUp(wasmBackend(), 1000, options);
    after.parameters.write(await before.parameters.read());
    for (const [name, storage] of before.optimizer.state) {
      after.optimizer.state.get(name)!.write(await storage.read());
    }
    after.optimizer.restoreState(JSON.parse(JSON.stringify(before.optimizer.saveState())));
    assert.ok(identical(await train(after, 3, 3), expected));
    assert.equal(after.optimizer.saveState(), whole.optimizer.saveState());
    assert.is(after.optimizer.steps, 6);
  });
}

for (const maxGradientNorm of [0, -1, Number.NaN]) {
  test(`refused: maxGradientNorm ${maxGradientNorm}`, () => {
    const message = `training: maxGradientNorm is ${maxGradientNorm}, expected a number above 0`;
    throwsInput(() => setUp(wasmBackend(), 3, { maxGradientNorm }), message);
  });
}

test.run();
