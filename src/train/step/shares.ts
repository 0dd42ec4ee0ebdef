/** The part of a mini-batch that a rank computes, and the subtrees of the gradient tree that lie within it. */

/** Micro-batches `start` to `end - 1`. */
export interface Share {
  readonly start: number;
  readonly end: number;
}

/** A sum of the gradient tree: that of the micro-batches from `index * 2^level` on, at most 2^level of them. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Returns the micro-batches of a rank, of the `count` of a mini-batch: neighbours, as many as the others have or one less. */
export function shareOf(count: number, rank: number, ranks: number): Share {
  const at = (k: number) => Math.floor((count * k) / ranks);
  return { start: at(rank), end: at(rank + 1) };
}

/** Whether a share holds all micro-batches of a sum, of the `count` of a mini-batch. */
export function holds({ start, end }: Share, { level, index }: TreeNode, count: number): boolean {
  return index * 2 ** level >= start && Math.min((index + 1) * 2 ** level, count) <= end;
}

/** Returns the sum that a sum is a part of. */
export function parentOf({ level, index }: TreeNode): TreeNode {
  return { level: level + 1, index: index >> 1 };
}

/** Whether a sum is that of all `count` micro-batches. */
export function isRoot({ level }: TreeNode, count: number): boolean {
  return 2 ** level >= count;
}

/** Lists the largest sums that a share holds, in order; together they are of all its micro-batches. */
export function largestSums(share: Share, count: number): TreeNode[] {
  const sums: TreeNode[] = [];
  for (let next = share.start; next < share.end; ) {
    let sum: TreeNode = { level: 0, index: next };
    while (!isRoot(sum, count) && holds(share, parentOf(sum), count)) sum = parentOf(sum);
    sums.push(sum);
    next = Math.min((sum.index + 1) * 2 ** sum.level, count);
  }
  return sums;
}
