/** Sorts pairs of unsigned numbers: a helper of other kernels, as no op is a sort. */
import { type Dispatch, invocations, type Operand, rows } from '../kernel.js';

/** Pairs of a block, `BLOCK` in shaders/sort.wgsl. */
const BLOCK = 2048;

/** Whether `sort` needs a spare: where there is more than a block. */
export const merges = (positions: number): boolean => positions > BLOCK;

/**
 * Sorts each of `planes` planes of `positions` pairs (key, word), by key and then by word; no word may be twice in a plane.
 * @param pairs 2 x planes x positions elements
 * @param spare as many, where `merges(positions)`
 * @returns the dispatches, and where the pairs lie afterwards: in `pairs` or `spare`
 */
export function sort(
  planes: number,
  positions: number,
  pairs: Operand,
  spare: Operand,
): { readonly dispatches: readonly Dispatch[]; readonly sorted: Operand } {
  const blocks = Math.ceil(positions / BLOCK);
  const shared = (run: number) => ({ shader: 'sort', uniforms: { integers: [planes, positions, blocks, run] } });
  const dispatches: Dispatch[] = [
    { ...shared(BLOCK), entry: 'blocks', buffers: [pairs], groups: rows(planes * blocks) },
  ];
  for (let run = BLOCK; run < positions; run *= 2) {
    const groups = invocations(planes * positions);
    dispatches.push({ ...shared(run), entry: 'merge', buffers: [pairs, spare], groups });
    [pairs, spare] = [spare, pairs];
  }
  return { dispatches, sorted: pairs };
}
