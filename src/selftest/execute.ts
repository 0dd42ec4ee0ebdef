/** Ways to run a recorded case on a backend: plainly, and with every tensor between guard words. */
import type { Allocator, Program, Storage, Values } from '../backend/backend.js';
import { roundUp } from '../base/multiples.js';
import { liveNodes, type Tensor } from '../graph/graph.js';
import { sizeOf } from '../graph/shape.js';
import type { Recorded } from './case.js';

export function compileCase(backend: Allocator, { outputs }: Recorded): Program {
  return backend.compile(outputs.map(({ tensor }) => tensor));
}

/** Writes the leaves, runs, and reads the outputs. */
export async function execute(program: Program, { leaves, outputs }: Recorded): Promise<Values[]> {
  for (const [leaf, values] of leaves) {
    if (program.plan.offsets.has(leaf)) program.write(leaf, values);
  }
  program.run();
  return Promise.all(outputs.map(({ tensor }) => program.read(tensor)));
}

/** Guard words before, between and behind the tensors, at least: an odd number, so that tensors lie at odd offsets. */
const GUARD = 17;

/** How the memory of a guarded run is laid out and filled. */
export interface Guard {
  /** Its content at each offset; a value that is read by mistake spoils the results as well. */
  word(offset: number): number;
  /** Tensors begin at multiples of this many elements. */
  readonly unit: number;
}

export interface GuardedRun {
  readonly values: Values[];
  /** Guard words that have changed, as offsets. */
  readonly touched: number[];
}

/**
 * Runs with every tensor, intermediate ones included, in one storage, surrounded by guard words: nothing is shared or
 * overwritten in place there, so whatever changes between the tensors was written by mistake.
 */
export async function executeGuarded(
  backend: Allocator,
  recorded: Recorded,
  { word, unit }: Guard,
  prepare?: (program: Program) => void,
): Promise<GuardedRun> {
  const outputs = recorded.outputs.map(({ tensor }) => tensor);
  const tensors = liveNodes(outputs).flatMap((node) => node.outputs);
  const ranges = new Map<Tensor, { start: number; length: number }>();
  let total = GUARD;
  for (const tensor of tensors) {
    const start = roundUp(total, unit);
    const length = sizeOf(tensor.shape);
    ranges.set(tensor, { start, length });
    total = start + length + GUARD;
  }
  const storage = backend.allocate(total);
  const bound = new Map<Tensor, Storage>();
  for (const [tensor, { start, length }] of ranges) bound.set(tensor, storage.slice(start, length));
  const program = backend.compile(outputs, bound);

  const before = Float32Array.from({ length: total }, (_, offset) => word(offset));
  const isGuard = new Uint8Array(total).fill(1);
  for (const [tensor, { start, length }] of ranges) {
    isGuard.fill(0, start, start + length);
    before.fill(NaN, start, start + length);
    before.set(recorded.leaves.get(tensor) ?? [], start);
  }
  prepare?.(program);
  storage.write(before);
  program.run();

  const after = await storage.read();
  const touched: number[] = [];
  isGuard.forEach((guard, offset) => {
    if (guard && !Object.is(after[offset], before[offset])) touched.push(offset);
  });
  const values = await Promise.all(outputs.map((tensor) => bound.get(tensor)!.read()));
  return { values, touched };
}
