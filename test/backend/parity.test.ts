/** Every backend computes what the float64 reference computes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Storage } from '../../src/backend/backend.js';
import { liveNodes, type Tensor } from '../../src/graph/graph.js';
import { ops } from '../../src/ops/index.js';
import { updates } from '../cases/optimizer.js';
import { cases } from '../cases.js';
import { backends } from '../support/backend/backends.js';
import { recordCase } from '../support/backend/case.js';
import { compileCase, execute } from '../support/backend/execute.js';
import { expectation, parityFaults } from '../support/backend/parity.js';
import { poison } from '../support/backend/poison.js';
import { identical } from '../support/compare.js';

test('labels are unique', () => {
  assert.is(new Set(cases.map(({ label }) => label)).size, cases.length);
});

test('every op occurs in a case', () => {
  const seen = new Set<string>();
  for (const c of cases) {
    for (const { op } of liveNodes(recordCase(c).outputs.map(({ tensor }) => tensor))) seen.add(op.name);
  }
  assert.equal(
    Object.keys(ops).filter((name) => !seen.has(name)),
    [],
  );
});

for (const c of cases) {
  test(`${c.family}: ${c.label}`, async () => {
    const expected = await expectation(c);
    for (const backend of backends) assert.equal(await parityFaults(backend, expected), [], backend.name);
  });
}

for (const backend of backends) {
  test(`${backend.name}: poison reaches the memory that results are read from`, async () => {
    const recorded = recordCase(cases[0]!);
    const program = compileCase(backend, recorded);
    await execute(program, recorded);
    poison(program);
    for (const { tensor } of recorded.outputs) assert.ok((await program.read(tensor)).every(Number.isNaN));
  });

  test(`${backend.name}: optimizers update parameters and state where they lie`, async () => {
    for (const c of updates) {
      const recorded = recordCase(c);
      const expected = await execute(compileCase(backend, recorded), recorded);
      const leaves = [...recorded.leaves.keys()];
      // Inputs are the parameters, the gradients, the state and the rates; outputs are the parameters and the state.
      const updated = [leaves[0]!, ...leaves.slice(2, -1)];
      const storages = updated.map((leaf) => backend.allocate(recorded.leaves.get(leaf)!.length));
      const bound = new Map<Tensor, Storage>();
      for (const [k, storage] of storages.entries()) {
        bound.set(updated[k]!, storage).set(recorded.outputs[k]!.tensor, storage);
      }
      const program = backend.compile(
        recorded.outputs.map(({ tensor }) => tensor),
        bound,
      );
      for (const [leaf, values] of recorded.leaves) {
        const storage = bound.get(leaf);
        if (storage) storage.write(values);
        else program.write(leaf, values);
      }
      program.run();
      for (const [k, storage] of storages.entries()) {
        assert.ok(identical(await storage.read(), expected[k]!), `${c.label}: output ${k}`);
      }
    }
  });
}

test.run();
