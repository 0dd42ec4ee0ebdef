/**
 * Reverse-mode automatic differentiation (Griewank and Walther, "Evaluating Derivatives", 2008, chapter 3): appends the
 * gradient nodes to the graph that it differentiates.
 */
import { InputError, invariant } from '../base/errors.js';
import { leafOf, liveNodes, type Node, type Tensor } from './graph.js';
import { formatShape, sameShape } from './shape.js';

/**
 * Records the gradients of sum(y * dy) with respect to `wrt`, in that order.
 *
 * @param dy the upstream gradient, of y's shape: ones for the plain gradient of a scalar, m/B for a micro-batch of m
 *   images in a mini-batch of B
 * @param add the op that sums two tensors: fan-out is summed here and nowhere else, each term as soon as it is there,
 *   so that a term's buffer is free again at once
 */
export function backward(
  y: Tensor,
  wrt: readonly Tensor[],
  dy: Tensor,
  add: (a: Tensor, b: Tensor) => Tensor,
): Tensor[] {
  invariant(sameShape(y.shape, dy.shape), `dy ${formatShape(dy.shape)} for y ${formatShape(y.shape)}`);
  const nodes = liveNodes([y]);
  const active = influencedBy(wrt, nodes);
  const gradient = new Map<Tensor, Tensor>([[y, dy]]);
  for (const node of nodes.reverse()) {
    const needs = node.inputs.map((input) => active.has(input.node));
    if (!needs.includes(true)) continue;
    const dys = node.outputs.map((output) => gradient.get(output));
    if (dys.every((term) => term === undefined)) continue;
    if (!node.op.vjp) throw new InputError(`${node.op.name}: has no gradient`);
    const terms = node.op.vjp(node, dys, needs);
    node.inputs.forEach((input, k) => {
      const term = terms[k];
      if (!needs[k] || !term) return;
      invariant(sameShape(term.shape, input.shape), `${node.op.name}: gradient ${k} is ${formatShape(term.shape)}`);
      const sum = gradient.get(input);
      gradient.set(input, sum ? add(sum, term) : term);
    });
  }
  return wrt.map((tensor) => {
    const result = gradient.get(tensor);
    if (!result) throw new InputError(`gradients: ${leafOf(tensor)?.name ?? 'a tensor'} does not influence the result`);
    return result;
  });
}

/** The nodes that depend on a tensor of `wrt`, those included: gradients need to flow through these alone. */
function influencedBy(wrt: readonly Tensor[], nodes: readonly Node[]): Set<Node> {
  const active = new Set(wrt.map((tensor) => tensor.node));
  for (const node of nodes) {
    if (node.inputs.some((input) => active.has(input.node))) active.add(node);
  }
  return active;
}
