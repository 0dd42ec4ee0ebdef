/** The workspace of a kernel that keeps several things in it. */
import { roundUp } from '../../../base/multiples.js';
import { ALIGNMENT } from '../buffers.js';
import { type Operand, workspace } from '../kernel.js';

/** Lays parts of so many elements one after the other in the workspace. */
export function workspaceParts<N extends string>(
  lengths: Readonly<Record<N, number>>,
): { readonly parts: Readonly<Record<N, Operand>>; readonly length: number } {
  let end = 0;
  const parts = Object.entries<number>(lengths).map(([name, length]) => {
    const part = workspace(end, length);
    end += roundUp(length, ALIGNMENT);
    return [name, part];
  });
  return { parts: Object.fromEntries(parts), length: end };
}
