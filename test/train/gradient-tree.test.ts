/** The sum of micro-batch gradients is the same tree in whatever order they come, and few of them wait. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Storage } from '../../src/backend/backend.js';
import { Random } from '../../src/base/random.js';
import { createBackend, ReferenceBackend } from '../../src/index.js';
import { GradientTree, waitingGradients } from '../../src/train/step/gradient-tree.js';
import { runBounded } from '../../src/train/step/run-bounded.js';

const LENGTH = 100;

const leafOf = (k: number): Float32Array => {
  const random = new Random([k, 7]);
  return Float32Array.from({ length: LENGTH }, () => random.normal() * 10 ** random.integer(6));
};

/** The tree, written out: pairs are summed level by level, who has no partner goes up. */
function expected(leaves: number): Float32Array {
  let level = Array.from({ length: leaves }, (_, k) => leafOf(k));
  while (level.length > 1) {
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, k) => {
      const [a, b] = [level[2 * k]!, level[2 * k + 1]];
      return b ? a.map((x, i) => x + b[i]!) : a;
    });
  }
  return level[0]!;
}

for (const leaves of [1, 2, 3, 4, 5, 7, 8, 11, 16]) {
  test(`${leaves} gradients in any order, again and again`, async () => {
    const backend = createBackend();
    const [sum, part] = [backend.allocate(LENGTH), backend.allocate(LENGTH)];
    const tree = new GradientTree(backend, sum);
    for (let round = 0; round < 10; round++) {
      const order = new Random([leaves, round]).permutation(leaves);
      // One that is given up half-way leaves nothing behind.
      tree.begin(leaves);
      for (const leaf of order.slice(0, leaves / 2)) {
        part.write(leafOf(leaf + 100));
        tree.add(leaf, part);
      }
      tree.begin(leaves);
      for (const leaf of order) {
        part.write(leafOf(leaf));
        tree.add(leaf, part);
        part.fill(NaN);
      }
      assert.equal(new Uint32Array((await sum.read()).buffer), new Uint32Array(expected(leaves).buffer));
    }
  });
}

test('no more gradients are held than the estimate of memory says', async () => {
  for (const workers of [1, 2, 3, 4, 8]) {
    for (const leaves of [1, 2, 3, 4, 6, 8, 13, 16, 32, 64]) {
      const backend = new ReferenceBackend();
      let held = 0;
      const allocate = (length: number): Storage => {
        held++;
        return ReferenceBackend.prototype.allocate.call(backend, length);
      };
      Object.assign(backend, { allocate });
      const sum = backend.allocate(4);
      const parts = Array.from({ length: Math.min(workers, leaves) }, () => backend.allocate(4));
      const tree = new GradientTree(backend, sum);
      for (let round = 0; round < 20; round++) {
        const random = new Random([workers, round]);
        tree.begin(leaves);
        // Some are far slower than others.
        await runBounded(leaves, workers, async (piece, lane) => {
          const turns = random.integer(4) === 0 ? 40 : 1;
          for (let turn = 0; turn < turns; turn++) await undefined;
          tree.add(piece, parts[lane]!);
        });
      }
      const bound = parts.length + waitingGradients(workers, leaves);
      assert.ok(held <= bound, `${workers} workers, ${leaves} micro-batches: ${held} gradients, expected ${bound}`);
      if (workers === 1) assert.is(held, bound, `${leaves} micro-batches`);
    }
  }
});

test.run();
