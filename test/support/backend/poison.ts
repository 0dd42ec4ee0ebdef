/** The one thing that the parity test must know of a backend beyond its interface: where a program computes. */
import type { Program, Values } from '../../../src/backend/backend.js';
import type { Machine } from '../../../src/backend/wasm/program.js';
import { WebGpuProgram } from '../../../src/backend/webgpu/program.js';

/**
 * Fills the working memory of `program` with NaN, so that an output element which no kernel writes, or workspace
 * that one reads before it writes it, is seen. Everything written to the program before is lost.
 */
export function poison(program: Program): void {
  if (program instanceof WebGpuProgram) poisonDevice(program);
  else arenaOf(program).fill(NaN);
}

/** In the order of the calls, as all that happens on a device. */
function poisonDevice({ machine, plan }: WebGpuProgram): void {
  const { arena } = machine;
  for (let from = 0; from < plan.length; from += arena.page) {
    const length = Math.min(arena.page, plan.length - from);
    machine.write(() => arena.locate(from), new Float32Array(length).fill(NaN));
  }
}

function arenaOf(program: Program & { readonly arena?: Values; readonly machine?: Machine }): Values {
  if (program.arena) return program.arena;
  const memory = program.machine?.memory;
  if (memory) return memory.view(memory.arena(0), program.plan.length);
  throw new Error('internal: poison does not know where this program computes');
}
