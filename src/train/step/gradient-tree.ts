/**
 * The sum of the gradients of a mini-batch. They come from its micro-batches, in whatever order these are done, and are
 * summed in a fixed tree of pairs: 0 + 1, 2 + 3, … then those sums by two, and so on; one without a partner goes up
 * unchanged. So the sum has the same bits however many workers there are and whichever is the fastest. A sum is made as
 * soon as both sides are there, so that few of them wait in memory.
 */
import type { Allocator, Program, Storage } from '../../backend/backend.js';
import { Graph } from '../../graph/graph.js';
import { add } from '../../ops/index.js';
import { holds, isRoot, parentOf, type Share, type TreeNode } from './shares.js';

/** A sum that is as large as it becomes here. */
export interface LargestSum {
  readonly node: TreeNode;
  /** Is to be read, or copied, before anything else is added. */
  readonly sum: Storage;
}

export class GradientTree {
  readonly #scope: Allocator;
  readonly #sum: Storage;
  /** Sums that wait for their partner, by level and index. */
  readonly #waiting = new Map<string, Storage>();
  readonly #free: Storage[];
  readonly #additions = new Map<Storage, Map<Storage, Program>>();
  #leaves = 0;
  #share: Share = { start: 0, end: 0 };

  /** @param sum the storage that holds the sum of all in the end */
  constructor(scope: Allocator, sum: Storage) {
    this.#scope = scope;
    this.#sum = sum;
    this.#free = [sum];
  }

  /** Takes the memory for `count` gradients, the sum included, that otherwise is taken when it is needed. */
  reserve(count: number): void {
    while (this.#free.length < count) this.#free.unshift(this.#scope.allocate(this.#sum.length));
  }

  /**
   * Begins a mini-batch of so many micro-batches; what is left of an unfinished one is forgotten.
   * @param share those that are added here; what is summed reaches no further. Default: all
   */
  begin(leaves: number, share: Share = { start: 0, end: leaves }): void {
    this.#leaves = leaves;
    this.#share = share;
    this.#free.unshift(...this.#waiting.values());
    this.#waiting.clear();
    // The first to be taken: in order, the sum grows where it belongs.
    this.#free.push(...this.#free.splice(this.#free.indexOf(this.#sum), 1));
  }

  /**
   * Takes the gradients of micro-batch `leaf`; `part` may be written anew afterwards.
   * @returns the sum that has become whole, where no larger one contains it here
   */
  add(leaf: number, part: Storage): LargestSum | undefined {
    return this.addSum({ level: 0, index: leaf }, part);
  }

  /** Takes a sum that was made elsewhere, as `add` does. */
  addSum(from: TreeNode, part: Storage): LargestSum | undefined {
    let held = part;
    let node = from;
    for (; !isRoot(node, this.#leaves) && holds(this.#share, parentOf(node), this.#leaves); node = parentOf(node)) {
      const { level, index } = node;
      const partner = index ^ 1;
      if (partner * 2 ** level >= this.#leaves) continue;
      const key = `${level}:${partner}`;
      const other = this.#waiting.get(key);
      if (!other) {
        this.#waiting.set(`${level}:${index}`, held === part ? this.#copy(part) : held);
        return undefined;
      }
      this.#waiting.delete(key);
      this.#addition(other, held).run();
      if (held !== part) this.#free.push(held);
      held = other;
    }
    if (isRoot(node, this.#leaves)) {
      if (held !== this.#sum) this.#sum.copyFrom(held);
      if (held !== part) this.#free.push(held);
      return { node, sum: this.#sum };
    }
    if (held !== part) this.#free.push(held);
    return { node, sum: held };
  }

  #copy(part: Storage): Storage {
    const copy = this.#free.pop() ?? this.#scope.allocate(part.length);
    copy.copyFrom(part);
    return copy;
  }

  /** a += b. */
  #addition(a: Storage, b: Storage): Program {
    const known = this.#additions.get(a) ?? new Map<Storage, Program>();
    this.#additions.set(a, known);
    const program = known.get(b) ?? compileAddition(this.#scope, a, b);
    known.set(b, program);
    return program;
  }
}

/**
 * How many gradients the tree holds at most, the sum included, beside those that the workers write. Of the pairs of
 * micro-batches, none leaves more than one sum. What is done before the first one that is not done is summed up to one
 * sum a level; after it there is room for `workers` pairs, as no worker begins a micro-batch more than twice their
 * number later (run-bounded.ts).
 */
export function waitingGradients(workers: number, microBatches: number): number {
  const ahead = workers === 1 ? 0 : workers;
  return Math.max(1, Math.min(Math.ceil(microBatches / 2), Math.floor(Math.log2(microBatches)) + ahead));
}

function compileAddition(scope: Allocator, a: Storage, b: Storage): Program {
  const graph = new Graph();
  const x = graph.parameter('a', [a.length]);
  const y = graph.parameter('b', [b.length]);
  const sum = add(x, y);
  const bound = new Map([
    [x, a],
    [y, b],
    [sum, a],
  ]);
  return scope.compile([sum], bound);
}
