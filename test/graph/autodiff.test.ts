/** The rules of reverse mode: what flows where, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { run } from '../../src/backend/run.js';
import { Graph, liveNodes, type Tensor } from '../../src/graph/graph.js';
import { add, bceDice, concat, gradients, moments, relu, sgd, sigmoid, weightedSum } from '../../src/ops/index.js';
import { throwsInput } from '../support/throws.js';

const backend = new ReferenceBackend('float64');

/** The gradients of sum(y) for vectors of three elements. */
async function gradientsAt(fn: (...xs: Tensor[]) => Tensor, ...xs: number[][]): Promise<number[][]> {
  const arrays = [[1, 1, 1], ...xs].map((data) => ({ shape: [3], data }));
  const results = await run(backend, (dy, ...tensors) => gradients(fn(...tensors), tensors, dy!), ...arrays);
  return results.map(({ data }) => [...data]);
}

test('the gradient of a tensor by itself is the upstream gradient', async () => {
  assert.equal(await gradientsAt((x) => x!, [5, 6, 7]), [[1, 1, 1]]);
});

test('fan-out: the terms of every use are summed', async () => {
  const twice = await gradientsAt((x) => add(x!, x!), [1, 2, 3]);
  assert.equal(twice, [[2, 2, 2]]);
  const three = await gradientsAt((x) => weightedSum([x!, relu(x!), add(x!, relu(x!))], [10, 100, 1000]), [1, -2, 3]);
  assert.equal(three, [[2110, 1010, 2110]]);
});

test('fan-out: 2^30 paths through 30 nodes take 30 sums', async () => {
  const graph = new Graph();
  const x = graph.input('x', [3]);
  let y = x;
  for (let k = 0; k < 30; k++) y = add(y, y);
  const dy = graph.input('dy', [3]);
  const [dx] = gradients(y, [x], dy);
  assert.is(liveNodes([dx!]).length, 1 + 30);
  const program = backend.compile([dx!]);
  program.write(dy, [1, 2, 3]);
  program.run();
  assert.equal([...(await program.read(dx!))], [2 ** 30, 2 ** 31, 3 * 2 ** 30]);
});

test('several tensors at once, intermediate ones included, in the order asked for', async () => {
  const [dx, dhidden] = await run(
    backend,
    (x, dy) => {
      const hidden = weightedSum([x!], [3]);
      return gradients(weightedSum([hidden], [5]), [x!, hidden], dy!);
    },
    { shape: [2], data: [1, 2] },
    { shape: [2], data: [1, 10] },
  );
  assert.equal([...dx!.data], [15, 150]);
  assert.equal([...dhidden!.data], [5, 50]);
});

test('an output that nobody uses gets no gradient and asks for none', () => {
  const graph = new Graph();
  const x = graph.input('x', [1, 2, 2, 1]);
  const y = sigmoid(x);
  relu(y);
  const before = graph.nodes.length;
  gradients(y, [x], graph.input('dy', x.shape));
  assert.equal(
    graph.nodes.slice(before).map(({ op }) => op.name),
    ['leaf', 'sigmoidGrad'],
  );
});

test('gradients that nobody asked for are not recorded', () => {
  const graph = new Graph();
  const [a, b] = [graph.input('a', [1, 1, 1, 2]), graph.input('b', [1, 1, 1, 2])];
  const y = concat([sigmoid(a), relu(b)]);
  const before = graph.nodes.length;
  gradients(y, [a], graph.input('dy', y.shape));
  assert.equal(
    graph.nodes.slice(before).map(({ op }) => op.name),
    ['leaf', 'split', 'sigmoidGrad'],
  );
});

test('an intermediate tensor ends the walk: what lies before it needs no gradient', () => {
  const graph = new Graph();
  const { mean } = moments(graph.input('x', [1, 2, 2, 3]));
  const y = relu(mean);
  const [dmean] = gradients(y, [mean], graph.input('dy', y.shape));
  assert.is(dmean!.node.op.name, 'reluGrad');
});

test('gradients have gradients only where the ops say so', () => {
  const graph = new Graph();
  const x = graph.input('x', [3]);
  const dy = graph.input('dy', [3]);
  const [dx] = gradients(relu(x), [x], dy);
  throwsInput(() => gradients(dx!, [x], dy), 'reluGrad: has no gradient');
});

test('an op without a gradient on the way', () => {
  const graph = new Graph();
  const [p, g, v] = ['p', 'g', 'v'].map((name) => graph.input(name, [3])) as [Tensor, Tensor, Tensor];
  const [updated] = sgd(p, g, v, graph.input('rates', [2]), { momentum: 0.9, weightDecay: 0 });
  throwsInput(() => gradients(updated, [p], graph.input('dy', [3])), 'sgd: has no gradient');
});

test('a parameter without influence', () => {
  const graph = new Graph();
  const x = graph.input('x', [3]);
  const idle = graph.parameter('conv9.weight', [3]);
  const dy = graph.input('dy', [3]);
  const y = relu(x);
  throwsInput(() => gradients(y, [x, idle], dy), 'gradients: conv9.weight does not influence the result');
  throwsInput(() => gradients(y, [sigmoid(x)], dy), 'gradients: a tensor does not influence the result');
});

test('a target has no gradient', () => {
  const graph = new Graph();
  const [logits, target] = [graph.input('logits', [1, 2, 2, 1]), graph.input('target', [1, 2, 2, 1])];
  const loss = bceDice(logits, target);
  const dy = graph.input('dy', [1]);
  throwsInput(() => gradients(loss, [target], dy), 'gradients: target does not influence the result');
});

test('the moments need both of their outputs used', () => {
  const graph = new Graph();
  const x = graph.input('x', [1, 2, 2, 3]);
  const { mean } = moments(x);
  throwsInput(
    () => gradients(mean, [x], graph.input('dy', mean.shape)),
    'moments: its gradient needs both outputs, mean and variance, to be used',
  );
});

test('an upstream gradient of another shape is a fault of ours', () => {
  const graph = new Graph();
  const x = graph.input('x', [3]);
  assert.throws(() => gradients(relu(x), [x], graph.input('dy', [4])), /^internal: dy \[4\] for y \[3\]$/);
});

test.run();
