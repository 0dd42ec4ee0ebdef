/** What a program takes of a GPU, as `unetpp info` shows it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gpuCost } from '../../src/app/models/gpu-costs.js';
import { Graph } from '../../src/graph/graph.js';
import { relu } from '../../src/ops/index.js';
import { testWebGpu } from '../support/backend/webgpu.js';

const backend = await testWebGpu();
test.after(() => backend?.close());

test('programs are counted, and their memory by what it is for', async () => {
  if (!backend) return;
  const graph = new Graph();
  const x = graph.input('x', [1, 4, 4, 64]);
  const outputs = [relu(x), relu(relu(x))];
  const { compileSeconds, storageBytes, ...cost } = await gpuCost(backend, (allocator) => {
    allocator.allocate(1000);
    for (const output of outputs) allocator.compile([output]);
  });
  const { length } = backend.plan([outputs[1]!], new Set());
  assert.equal(cost, { dispatches: 3, pipelines: backend.pipelines, arenaBytes: 4 * length });
  assert.ok(backend.pipelines >= 1 && backend.pipelines <= 2, `${backend.pipelines}`);
  // The sizes of the programs are among them.
  assert.ok(storageBytes >= 4000 && storageBytes < 6000, `${storageBytes}`);
  assert.ok(compileSeconds > 0);
});

test.run();
