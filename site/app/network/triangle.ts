/** The triangle of the nodes X(i,j): which there are, which read which, where they are drawn, how one moves among them. */
import { depthOf, type ModelConfig, skipsOf } from '../../../src/network/config.js';

/** X(i,j): level i, and the j-th from the left in it. */
export type Node = readonly [i: number, j: number];

/** A node that another one reads: from the level above (`down`), from the one below (`up`), or of its own level. */
export interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly kind: 'down' | 'up' | 'skip';
}

export function nodesOf(config: ModelConfig): Node[] {
  const depth = depthOf(config);
  return range(0, depth).flatMap((i) => range(0, depth - i).map((j): Node => [i, j]));
}

export function edgesOf(config: ModelConfig): Edge[] {
  return nodesOf(config).flatMap((to): Edge[] => {
    const [i, j] = to;
    if (j === 0) return i === 0 ? [] : [{ from: [i - 1, 0], to, kind: 'down' }];
    const skips = skipsBefore(config, to).map((from): Edge => ({ from, to, kind: 'skip' }));
    return [...skips, { from: [i + 1, j - 1], to, kind: 'up' }];
  });
}

/** The nodes of its own level that a node reads. */
export function skipsBefore({ skips }: ModelConfig, [i, j]: Node): readonly Node[] {
  return skipsOf(
    skips,
    range(0, j - 1).map((k): Node => [i, k]),
  );
}

export function isSame(a: Node, b: Node): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

export function includes(nodes: readonly Node[], node: Node): boolean {
  return nodes.some((each) => isSame(each, node));
}

/** Where nodes lie in a drawing: squares of `side` pixels around `at`. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly side: number;
  at(node: Node): readonly [x: number, y: number];
}

/** The largest side of a node, and how much of the distance to the next one it takes. */
const LARGEST = 84;
const FILLED = 0.68;
/** The room above the first level, for its skips. */
const TOP = 44;

/** Lays the triangle out for a drawing of this width, in pixels: level 0 at the top, each level half a node to the right. */
export function layout(config: ModelConfig, width: number): Layout {
  const depth = depthOf(config);
  const step = Math.min(width / (depth + 1), 1.6 * LARGEST);
  const side = Math.min(LARGEST, Math.floor(FILLED * step));
  const left = (width - depth * step) / 2;
  const down = Math.max(step * 0.98, side + 24);
  return {
    width,
    height: TOP + depth * down + side + 2,
    side,
    at: ([i, j]) => [left + (j + i / 2) * step, TOP + side / 2 + i * down],
  };
}

/** How far one long skip rises above its level, in pixels, so that those of different lengths lie apart. */
const RISE = 11;

/** The path of an edge, from the border of one node to that of the other, as SVG writes it. */
export function pathOf({ from, to, kind }: Edge, { at, side }: Layout): string {
  const [[x0, y0], [x1, y1]] = [at(from), at(to)];
  const half = side / 2;
  const span = to[1] - from[1];
  if (kind === 'skip' && span > 1) {
    const top = y0 - half;
    const [start, end] = [x0 + half * 0.5, x1 - half * 0.5];
    const high = top - RISE * span;
    return `M${f(start)},${f(top)} C${f(start + half)},${f(high)} ${f(end - half)},${f(high)} ${f(end)},${f(top - 3)}`;
  }
  if (kind === 'skip') return `M${f(x0 + half)},${f(y0)} L${f(x1 - half - 3)},${f(y1)}`;
  const sign = kind === 'down' ? 1 : -1;
  const [dx, dy] = [half * 0.62, sign * half];
  return `M${f(x0 + dx)},${f(y0 + dy)} L${f(x1 - dx)},${f(y1 - dy - sign * 3)}`;
}

const f = (value: number) => value.toFixed(1);

/** The node that an arrow key leads to, or Home and End in its level; undefined at the border and for other keys. */
export function neighbour(config: ModelConfig, [i, j]: Node, key: string): Node | undefined {
  const last = depthOf(config) - i;
  const moves: Readonly<Record<string, Node>> = {
    ArrowLeft: [i, j - 1],
    ArrowRight: [i, j + 1],
    ArrowUp: [i - 1, j],
    // The node on the right below; at the border of the triangle there is only the one on the left.
    ArrowDown: [i + 1, Math.min(j, last - 1)],
    Home: [i, 0],
    End: [i, last],
  };
  const to = Object.hasOwn(moves, key) ? moves[key] : undefined;
  return to && includes(nodesOf(config), to) ? to : undefined;
}

/** The whole numbers from `first` to `last`, both included. */
function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
}
