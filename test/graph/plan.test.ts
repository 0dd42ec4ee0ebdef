/** The memory plan: nothing that is still needed is overwritten, and memory is shared as far as that allows. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { Random, seedKey } from '../../src/base/random.js';
import { Graph, leafOf, liveNodes, type Node, type Tensor } from '../../src/graph/graph.js';
import { plan } from '../../src/graph/plan.js';
import { sizeOf } from '../../src/graph/shape.js';
import { add, conv2d, gradients, maxPool2d, moments, relu, weightedSum } from '../../src/ops/index.js';
import { identical } from '../../src/selftest/compare.js';
import { randomGraph, smallUnet } from '../support/backend/graphs.js';
import { peakLength, planFaults } from '../support/backend/memory-machine.js';

/** Scratch memory for every third step. */
const workspace = ({ id }: Node): number => (id % 3 === 0 ? 1 + ((id * 37) % 90) : 0);

const sum = (tensors: Iterable<Tensor>): number => [...tensors].reduce((total, { shape }) => total + sizeOf(shape), 0);

test('random graphs: no live buffer is overwritten', () => {
  for (let seed = 0; seed < 1000; seed++) {
    const { outputs, bound } = randomGraph(new Random(seedKey(seed)));
    assert.equal(planFaults(plan(outputs), outputs), [], `seed ${seed}`);
    const options = { bound, workspace };
    assert.equal(planFaults(plan(outputs, options), outputs, options), [], `seed ${seed}, bound and workspaces`);
    const tensorsFirst = plan(outputs, { ...options, tensorsFirst: true });
    assert.equal(planFaults(tensorsFirst, outputs, options), [], `seed ${seed}, tensors first`);
  }
});

test('a small U-Net with its gradients: no live buffer is overwritten', () => {
  const { loss, gradients } = smallUnet();
  const outputs = [loss, ...gradients];
  assert.equal(planFaults(plan(outputs, { workspace }), outputs, { workspace }), []);
});

test('the check catches a plan in which two live buffers overlap by one element', () => {
  const graph = new Graph();
  const [a, b] = [graph.input('a', [20]), graph.input('b', [20])];
  const y = add(a, b);
  const offsets = new Map([
    [a, 0],
    [b, 19],
    [y, 64],
  ]);
  const steps = [y.node];
  const apart = { steps, offsets: new Map(offsets).set(b, 20), workspaces: new Map(), length: 84 };
  assert.equal(planFaults(apart, [y]), []);
  assert.equal(planFaults({ ...apart, offsets }, [y]), ['step 0, input 0: 1 of 20 elements lost']);
  assert.equal(planFaults({ ...apart, length: 83 }, [y])[0], '20 elements at 64 of 83');
  assert.equal(planFaults({ ...apart, workspaces: new Map([[y.node, 35]]) }, [y], { workspace: () => 5 }), [
    'step 0, input 1: 5 of 20 elements lost',
  ]);
});

test('buffers begin at multiples of 16 elements', () => {
  const { loss, gradients } = smallUnet();
  const { offsets, workspaces, length } = plan([loss, ...gradients], { workspace, alignment: 16 });
  for (const offset of [...offsets.values(), ...workspaces.values(), length]) assert.is(offset % 16, 0);
});

test('sharing memory changes no bit of the results', async () => {
  const { inputs, loss, gradients } = smallUnet();
  const wanted = [loss, ...gradients];
  // Outputs keep their buffers to the end: with every tensor an output, nothing is shared.
  const all = liveNodes(wanted).flatMap((node) => node.outputs);
  const backend = new ReferenceBackend('float32');
  const results = [wanted, [...wanted, ...all]].map(async (outputs) => {
    const program = backend.compile(outputs);
    const random = new Random(seedKey(1));
    for (const input of inputs)
      program.write(
        input,
        Float32Array.from({ length: sizeOf(input.shape) }, () => random.uniform()),
      );
    program.run();
    return { length: program.plan.length, values: await Promise.all(wanted.map((tensor) => program.read(tensor))) };
  });
  const [shared, apart] = await Promise.all(results);
  assert.ok(shared!.length < apart!.length);
  for (const k of wanted.keys()) assert.ok(identical(shared!.values[k]!, apart!.values[k]!), `result ${k}`);
});

test('a chain of convolutions takes two buffers', () => {
  const graph = new Graph();
  const leaves: Tensor[] = [];
  const leaf = (...shape: number[]): Tensor => {
    leaves.push(graph.parameter(`p${leaves.length}`, shape));
    return leaves.at(-1)!;
  };
  let x = leaf(1, 8, 8, 4);
  for (let k = 0; k < 10; k++) x = conv2d(x, leaf(3, 3, 4, 4), leaf(4));
  assert.is(plan([x], { bound: new Set(leaves) }).length, 2 * 8 * 8 * 4);
});

test('the gradient of an input lies where the input lay, if only the weight gradient reads it', () => {
  const graph = new Graph();
  const image = graph.input('image', [1, 8, 8, 4]);
  const w = graph.parameter('w', [3, 3, 4, 4]);
  const b = graph.parameter('b', [4]);
  const dy = graph.input('dy', [1, 8, 8, 4]);
  const x = add(image, image);
  const [dx, dw, db] = gradients(conv2d(x, w, b), [x, w, b], dy) as [Tensor, Tensor, Tensor];
  assert.ok(takesOver(dx, x, [dx, dw, db], [image, w, b, dy, dw, db]));
});

test('a chain of ops that work in place takes one buffer', () => {
  const graph = new Graph();
  const x = graph.input('x', [64]);
  let y = add(x, x);
  for (let k = 0; k < 10; k++) y = relu(y);
  assert.is(plan([y], { bound: new Set([x]) }).length, 64);
});

test('the plan of a U-Net with gradients is short', () => {
  const { loss, gradients } = smallUnet(4);
  const outputs = [loss, ...gradients];
  const { offsets, length } = plan(outputs);
  assert.ok(length < 0.6 * sum(offsets.keys()), `${length} of ${sum(offsets.keys())}`);
  assert.ok(length < 1.1 * peakLength(outputs), `${length}, at least ${peakLength(outputs)} are needed at once`);
});

/** Whether `y` lies where `x` lies when `outputs` are planned. */
function takesOver(y: Tensor, x: Tensor, outputs: Tensor[], bound: Tensor[] = []): boolean {
  const { offsets } = plan(outputs, { bound: new Set(bound) });
  return offsets.has(x) && offsets.get(x) === offsets.get(y);
}

test('an op that may work in place does so only when nobody needs its input any more', () => {
  const graph = new Graph();
  const leaf = graph.input('x', [1, 4, 4, 4]);
  const x = weightedSum([leaf], [2]);
  const y = relu(x);
  assert.ok(takesOver(y, x, [y]));
  assert.not(takesOver(y, x, [y, x]), 'the input is an output');
  assert.not(takesOver(y, x, [relu(x), y, add(x, y)]), 'the input is read later');
  assert.not(takesOver(y, x, [y], [x]), 'the input is the memory of the caller');
  assert.not(takesOver(y, x, [y], [y]), 'the output is the memory of the caller');
  assert.not(takesOver(x, leaf, [x]), 'the input is a leaf');
});

test('an op that reads an input twice, or is not elementwise, never works in place', () => {
  const graph = new Graph();
  const x = weightedSum([graph.input('x', [1, 4, 4, 4])], [2]);
  const twice = add(x, x);
  assert.not(takesOver(twice, x, [twice]));
  const pooled = maxPool2d(x);
  assert.not(takesOver(pooled, x, [pooled]));
});

test('leaves, unused outputs and outputs that are leaves', () => {
  const graph = new Graph();
  const x = graph.input('x', [1, 2, 2, 5]);
  const unused = graph.input('unused', [7]);
  const { mean, variance } = moments(x);
  const { steps, offsets, length } = plan([mean], { alignment: 16 });
  assert.is(steps.length, 1);
  assert.ok(offsets.has(variance), 'the kernel writes it all the same');
  assert.not(offsets.has(unused));
  assert.is(length, 32 + 16 + 16);
  assert.equal([...plan([unused]).offsets], [[unused, 0]]);
  assert.is(plan([x], { bound: new Set([x]) }).length, 0);
  assert.is(leafOf(unused)?.name, 'unused');
});

test.run();
