/** Concatenation along the channels and its inverse. */
import { chunks } from '../../../base/chunks.js';
import type { ConcatGeometry } from '../../../ops/concatenation.js';
import {
  type Dispatch,
  input,
  invocations,
  type Kernel,
  type KernelsOf,
  type Operand,
  output,
  unused,
} from '../kernel.js';

/** A dispatch copies so many parts at most: with the whole, they must fit into eight bindings. */
const PARTS = 7;

/** An invocation for each element. */
function copies(entry: string, whole: Operand, part: (index: number) => Operand): Kernel<ConcatGeometry> {
  return {
    dispatches({ rows, sources, channels }) {
      let first = 0;
      return chunks([...sources.keys()], PARTS).map((parts): Dispatch => {
        const ends: number[] = [];
        let width = 0;
        for (const k of parts) ends.push((width += sources[k]!));
        const missing = PARTS - parts.length;
        const dispatch: Dispatch = {
          shader: 'concatenation',
          entry,
          buffers: [whole, ...parts.map(part), ...new Array<Operand>(missing).fill(unused)],
          uniforms: { integers: [rows * width, channels, first, ...ends, ...new Array<number>(missing).fill(width)] },
          groups: invocations(rows * width),
        };
        first += width;
        return dispatch;
      });
    },
  };
}

export const concatenation: KernelsOf<'concat' | 'split'> = {
  concat: copies('concat', output(0), input),
  split: copies('split', input(0), output),
};
