/**
 * Whether the owner of a lock lives, by what can be known from here. The clock has no part in it: it may be an hour ahead.
 *
 *   - Under the same kernel (the same boot) and in the same process namespace, the owner's number and start decide.
 *   - In another namespace of the same kernel, as containers have them, the kernel knows whether it holds the file for
 *     somebody, see `holdFile`.
 *   - A machine that has been started anew has lost all its processes.
 *   - Else only silence tells: an owner that lives touches the file every two seconds. Other machines may see that late,
 *     as network file systems keep what they have read for up to a minute.
 */
import type { Owner, Place } from './lock-owner.js';

/** What can be looked at; only what is needed is. */
export interface Evidence {
  /** See `startOf`, of the process that has the owner's number here. */
  start(): string | undefined;
  /** See `isHeld`, of the lock's file. */
  held(): boolean | undefined;
  /** Whether the file was touched last before this machine was started. */
  olderThanBoot(): boolean;
}

/** Milliseconds of silence after which an owner is gone. */
export const SILENCE = {
  /** Of a file without an owner: it takes less to write one. */
  unwritten: 1_000,
  sameKernel: 10_000,
  elsewhere: 90_000,
} as const;

/** A number: only so many milliseconds of silence say that the owner is gone. */
export type Verdict = 'lives' | 'gone' | number;

export function judge(owner: Owner | undefined, here: Place, evidence: Evidence): Verdict {
  if (!owner) return SILENCE.unwritten;
  const sameHost = owner.host === here.host;
  const sameNamespace = owner.namespace === here.namespace;
  if (owner.boot === '' || here.boot === '') {
    return sameHost && sameNamespace && evidence.start() === undefined ? 'gone' : SILENCE.elsewhere;
  }
  if (owner.boot !== here.boot) return sameHost && evidence.olderThanBoot() ? 'gone' : SILENCE.elsewhere;
  if (sameNamespace) {
    const start = evidence.start();
    if (start === undefined) return 'gone';
    if (start !== '' && owner.start !== '') return start === owner.start ? 'lives' : 'gone';
  }
  const held = owner.kernel ? evidence.held() : undefined;
  if (held !== undefined) return held ? 'lives' : 'gone';
  return SILENCE.sameKernel;
}
