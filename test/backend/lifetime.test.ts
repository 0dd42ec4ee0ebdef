/** What is freed is used again, and is an error for whoever still holds it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { Scope } from '../../src/backend/scope.js';
import { FreeList } from '../../src/backend/wasm/free-list.js';
import type { WasmStorage } from '../../src/backend/wasm/storage.js';
import { Random } from '../../src/base/random.js';
import { Graph } from '../../src/graph/graph.js';
import { createBackend, createModel, evaluate, type Model, trainModel } from '../../src/index.js';
import { add } from '../../src/ops/index.js';
import { squares } from '../support/training/squares.js';

/** Bytes of the memory that a model's backend has taken so far. */
function taken({ parameters }: Model): number {
  return (parameters.trainable as WasmStorage).owner.memory.buffer.byteLength;
}

async function train(model: Model): Promise<void> {
  const options = { epochs: 1, batch: 4, microBatch: 2, emaDecay: 0.9, maxGradientNorm: 1 };
  for await (const _ of trainModel(model, squares({ train: 6, size: 32 }), options));
}

for (const workers of [1, 2]) {
  test(`a model trained four times takes the memory of one training, with ${workers} workers`, async () => {
    const backend = createBackend('wasm', { workers, threads: workers });
    const model = createModel({ filters: [16, 32, 64], norm: 'batch' }, { backend });
    await train(model);
    const once = taken(model);
    for (let k = 0; k < 3; k++) await train(model);
    assert.is(taken(model), once);
    backend.close();
  });
}

test('so do four models, each trained, evaluated and freed, and their bits are those of models by themselves', async () => {
  const backend = createBackend();
  const sizes: number[] = [];
  const image = { width: 40, height: 24, channels: 1, data: new Float32Array(960).map((_, i) => (i % 7) / 7) };
  const results = async (on: Backend, seed: number) => {
    const model = createModel({ filters: [16, 32, 64] }, { backend: on, seed });
    await train(model);
    await evaluate(model, squares({ size: 40 }));
    const prediction = await model.predict(image);
    if (on === backend) {
      sizes.push(taken(model));
      model.free();
    }
    return prediction;
  };
  for (const seed of [1, 2, 3, 4]) assert.equal(await results(backend, seed), await results(createBackend(), seed));
  assert.equal(sizes, Array(4).fill(sizes[0]));
});

test('memory that is used again is zero, and stays where it was put', async () => {
  const backend = createBackend();
  const [a, b] = [backend.allocate(100), backend.allocate(100)];
  a.fill(1);
  b.fill(2);
  a.free();
  const again = [backend.allocate(40), backend.allocate(40), backend.allocate(200)];
  for (const storage of again) assert.equal(await storage.read(), new Float32Array(storage.length));
  assert.equal(await b.read(), new Float32Array(100).fill(2));
});

for (const backend of [createBackend(), new ReferenceBackend()]) {
  const FREED = 'internal: a storage is used that was freed';

  test(`${backend.name}: a freed storage, and every part of it, is an error`, async () => {
    const storage = backend.allocate(32);
    const part = storage.slice(16, 16);
    const other = backend.allocate(32);
    assert.throws(() => part.free(), 'internal: a part of a storage cannot be freed by itself');
    storage.free();
    assert.throws(() => storage.write(new Float32Array(32)), FREED);
    assert.throws(() => storage.fill(0), FREED);
    assert.throws(() => part.fill(0), FREED);
    assert.throws(() => other.copyFrom(storage), FREED);
    assert.throws(() => other.swap(storage), FREED);
    assert.throws(() => storage.free(), FREED);
    assert.is(await storage.read().catch(({ message }) => message), FREED);
  });

  test(`${backend.name}: so is a program whose storage was freed, and a freed program`, async () => {
    const graph = new Graph();
    const [x, y] = [graph.parameter('x', [4]), graph.input('y', [4])];
    const sum = add(x, y);
    const storage = backend.allocate(4);
    const program = backend.compile([sum], new Map([[x, storage]]));
    program.write(y, [1, 2, 3, 4]);
    program.run();
    assert.equal([...(await program.read(sum))], [1, 2, 3, 4]);
    storage.free();
    assert.throws(() => program.run(), FREED);
    program.free();
    const freed = 'internal: a program is used that was freed';
    assert.throws(() => program.write(y, [1, 2, 3, 4]), freed);
    assert.throws(() => program.free(), freed);
    assert.is(await program.read(sum).catch(({ message }) => message), freed);
  });

  test(`${backend.name}: a scope frees what was made in it, once`, () => {
    const scope = new Scope(backend);
    const [inside, outside] = [scope.allocate(4), backend.allocate(4)];
    scope.free();
    scope.free();
    assert.throws(() => inside.fill(1), FREED);
    outside.fill(1);
  });
}

test('the list of free memory: what is taken never overlaps, and all of it comes back', () => {
  const random = new Random([1, 2]);
  const list = new FreeList(64);
  const held: { address: number; bytes: number }[] = [];
  for (let k = 0; k < 2000; k++) {
    if (random.integer(5) < 3) {
      const bytes = 64 * (1 + random.integer(10));
      const address = list.take(bytes);
      assert.ok(address >= 64 && address + bytes <= list.end);
      const hit = held.find((other) => address < other.address + other.bytes && other.address < address + bytes);
      assert.is(hit, undefined);
      held.push({ address, bytes });
    } else if (held.length > 0) {
      list.release(held.splice(random.integer(held.length), 1)[0]!);
    }
  }
  for (const span of held.splice(0)) list.release(span);
  assert.is(list.end, 64);
});

test.run();
