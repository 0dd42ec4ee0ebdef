/** How the ranks of a group end: together, when all are through, or all of them where one has failed. */
import type { Group } from './group.js';
import { TAGS } from './link.js';

/** Why a rank has failed: its exit code, and its line. */
export interface Failure {
  readonly exitCode: number;
  readonly message: string;
}

/** What a rank says at its end; null where it is through. */
type LastWord = Failure | null;

/**
 * Lets rank 0 listen to the last words of the others, from the beginning on.
 * @param onFailure is called with the first failure
 * @returns a promise that is fulfilled when all are through
 */
export async function listen(group: Group, onFailure: (rank: number, failure: Failure) => void): Promise<void> {
  let failed = false;
  const words = group.others.map(async (rank) => {
    const word: LastWord = await group.receiveJson(rank, TAGS.end);
    if (!word) return;
    if (!failed) onFailure(rank, word);
    failed = true;
    await new Promise(() => {});
  });
  await Promise.all(words);
}

/** Tells rank 0 that this rank has failed. */
export function tellFailure(group: Group, failure: Failure): void {
  group.sendJson(0, TAGS.end, failure);
}

/** Waits until all ranks are through, and closes the link. @param all of rank 0: the promise of `listen` */
export async function endTogether(group: Group, all?: Promise<void>): Promise<void> {
  if (group.rank === 0) {
    await all;
    for (const rank of group.others) group.sendJson(rank, TAGS.end, null);
  } else {
    group.sendJson(0, TAGS.end, null);
    await group.receiveJson(0, TAGS.end);
  }
  await group.link.close();
}
