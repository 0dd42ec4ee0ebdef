/** Whether a backend gives the same bits where an update is written over its inputs. */
import type { Backend, Storage } from '../../../src/backend/backend.js';
import type { Tensor } from '../../../src/graph/graph.js';
import { type Case, recordCase } from '../../../src/selftest/case.js';
import { identical } from '../../../src/selftest/compare.js';
import { compileCase, execute } from '../../../src/selftest/execute.js';

/**
 * What differs from the update that is written beside its inputs; empty where all is well.
 * @param update its inputs are what changes, what it changes by, state and rates; its outputs what has changed, and state
 */
export async function inPlaceFaults(backend: Backend, update: Case): Promise<string[]> {
  const recorded = recordCase(update);
  const expected = await execute(compileCase(backend, recorded), recorded);
  const leaves = [...recorded.leaves.keys()];
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
  const values = await Promise.all(storages.map((storage) => storage.read()));
  return recorded.outputs
    .filter((_, k) => !identical(values[k]!, expected[k]!))
    .map(({ name }) => `${name}: other bits`);
}
