/**
 * Judges whether the owner of a lock lives, by what this process can know. The clock has no part in it: it may be an
 * hour ahead.
 *
 *   - Under the same kernel (the same boot) and in the same process namespace, the owner's number and start decide.
 *   - In another namespace of the same kernel, as containers have them, the kernel knows whether it holds the file for
 *     somebody, see `holdFile`.
 *   - A machine that has been started anew has lost all its processes.
 *   - Else only silence tells: an owner that lives touches the file every two seconds. Other machines may see that late,
 *     as network file systems keep what they have read for up to a minute.
 */
import type { Owner, ProcessIdentity } from './lock-owner.js';

/** The evidence, each part of which is gathered only when it is needed. */
export interface Evidence {
  /** When the process started that has the owner's number here, see `startOf`. */
  start(): string | undefined;
  /** Whether the kernel holds the lock's file, see `isHeld`. */
  held(): boolean | undefined;
  /** Whether the file was touched last before this machine was started. */
  olderThanBoot(): boolean;
}

/** The milliseconds of silence after which an owner counts as gone. */
export const SILENCE = {
  /** The silence of a file without an owner, which takes less time to write. */
  unwritten: 1_000,
  sameKernel: 10_000,
  elsewhere: 90_000,
} as const;

/** A number means that only so many milliseconds of silence show that the owner is gone. */
export type Verdict = 'lives' | 'gone' | number;

export function judge(owner: Owner | undefined, here: ProcessIdentity, evidence: Evidence): Verdict {
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
