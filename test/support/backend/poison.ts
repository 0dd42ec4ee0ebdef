/** The one thing that the parity test must know of a backend beyond its interface: where a program computes. */
import type { Program, Values } from '../../../src/backend/backend.js';
import type { Machine } from '../../../src/backend/wasm/program.js';

/**
 * Fills the working memory of `program` with NaN, so that an output element which no kernel writes, or workspace
 * that one reads before it writes it, is seen. Everything written to the program before is lost.
 */
export function poison(program: Program): void {
  arenaOf(program).fill(NaN);
}

function arenaOf(program: Program & { readonly arena?: Values; readonly machine?: Machine }): Values {
  if (program.arena) return program.arena;
  const memory = program.machine?.memory;
  if (memory) return memory.view(memory.arena(0), program.plan.length);
  throw new Error('internal: poison does not know where this program computes');
}
