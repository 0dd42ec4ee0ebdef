/** Every backend computes what the float64 reference computes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { liveNodes } from '../../src/graph/graph.js';
import { ops } from '../../src/ops/index.js';
import { recordCase } from '../../src/selftest/case.js';
import { updates } from '../../src/selftest/cases/optimizer.js';
import { cases } from '../../src/selftest/cases.js';
import { compileCase, execute } from '../../src/selftest/execute.js';
import { backends } from '../support/backend/backends.js';
import { inPlaceFaults } from '../support/backend/in-place.js';
import { expectation, parityFaults } from '../support/backend/parity.js';
import { poison } from '../support/backend/poison.js';

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
    for (const c of updates) assert.equal(await inPlaceFaults(backend, c), [], c.label);
  });
}

test.run();
