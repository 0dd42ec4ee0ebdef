/** Graphs for tests of the plan: random ones, and a small U-Net with everything in it. */
import type { Random } from '../../../src/base/random.js';
import { Graph, type Op, type Tensor } from '../../../src/graph/graph.js';
import {
  bceDice,
  conv2d,
  convTranspose2d,
  dropout,
  gradients,
  maxPool2d,
  moments,
  normalise,
  relu,
} from '../../../src/ops/index.js';

export interface RandomGraph {
  readonly outputs: Tensor[];
  readonly bound: ReadonlySet<Tensor>;
}

/** Ops of one to three inputs and one or two outputs, some of which may work in place; a fifth of the tensors bound. */
export function randomGraph(random: Random): RandomGraph {
  const graph = new Graph();
  const tensors: Tensor[] = [];
  const size = (): number => 1 + random.integer(100);
  const pick = (): Tensor => tensors[random.integer(tensors.length)]!;
  const recent = (): Tensor => tensors[tensors.length - 1 - random.integer(Math.min(4, tensors.length))]!;
  const leaves = 1 + random.integer(4);
  for (let k = 0; k < leaves; k++) tensors.push(graph.input(`x${k}`, [size()]));
  for (let k = 0; k < 30; k++) {
    const op: Op = random.integer(2) ? { name: 'pure' } : { name: 'inPlace', inPlace: 0 };
    const inputs = [
      recent(),
      ...Array.from({ length: random.integer(3) }, () => (random.integer(2) ? pick() : recent())),
    ];
    const first = random.integer(3) ? inputs[0]!.shape : [size()];
    tensors.push(...graph.record(op, inputs, {}, random.integer(4) ? [first] : [first, [size()]]));
  }
  return {
    outputs: [tensors.at(-1)!, ...Array.from({ length: random.integer(4) }, pick)],
    bound: new Set(tensors.filter(() => random.integer(5) === 0)),
  };
}

export interface SmallUnet {
  readonly inputs: readonly Tensor[];
  readonly loss: Tensor;
  readonly gradients: readonly Tensor[];
}

/** Two levels, batch norm, dropout, a skip connection, the loss and all gradients, for 16x16 images. */
export function smallUnet(batch = 2): SmallUnet {
  const graph = new Graph();
  const x = graph.input('x', [batch, 16, 16, 3]);
  const target = graph.input('target', [batch, 16, 16, 1]);
  const keys = graph.input('keys', [batch, 4]);
  const parameters: Tensor[] = [];
  const parameter = (...shape: number[]): Tensor => {
    const tensor = graph.parameter(`p${parameters.length}`, shape);
    parameters.push(tensor);
    return tensor;
  };
  const conv = (inputs: Tensor[], kernel: number, filters: number, fused = true): Tensor => {
    const channels = inputs.reduce((sum, { shape }) => sum + shape[3]!, 0);
    return conv2d(inputs, parameter(kernel, kernel, channels, filters), parameter(filters), { relu: fused });
  };
  const x0 = conv([conv([x], 3, 8)], 3, 8);
  const raw = conv([maxPool2d(x0)], 3, 16, false);
  const x1 = conv([relu(normalise(raw, moments(raw), parameter(16), parameter(16)))], 3, 16);
  const up = convTranspose2d(dropout(x1, keys, 0.5, 1), parameter(2, 2, 16, 8), parameter(8));
  const loss = bceDice(conv([conv([x0, up], 3, 8)], 1, 1, false), target);
  const dloss = graph.input('dloss', [1]);
  return { inputs: [x, target, keys, dloss, ...parameters], loss, gradients: gradients(loss, parameters, dloss) };
}
