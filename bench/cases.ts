/** The cases of the tests (src/selftest/cases.ts): small sizes, odd sizes, every tail. */
import { fold, Random, seedKey } from '../src/base/random.js';
import { Graph } from '../src/graph/graph.js';
import { gradients } from '../src/ops/index.js';
import type { Case } from '../src/selftest/case.js';
import { cases } from '../src/selftest/cases.js';
import { distinctSteps, type Step } from './step.js';

/** The distinct steps of all cases and of their gradients. */
export function caseSteps(): Step[] {
  return distinctSteps(cases.flatMap(record));
}

function record({ label, samples, fn, differentiable }: Case) {
  const graph = new Graph();
  const inputs = samples.map((sample, k) => {
    return graph.input(`x${k}`, sample(new Random(fold(seedKey(k), label))).shape);
  });
  const outputs = fn(...inputs);
  if (differentiable.length === 0) return outputs;
  const y = outputs[0]!;
  const wrt = differentiable.map((k) => inputs[k]!);
  return [...outputs, ...gradients(y, wrt, graph.input('dy', y.shape))];
}
