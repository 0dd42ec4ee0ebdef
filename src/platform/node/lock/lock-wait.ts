/** Waiting for the owner of a lock: until it ends, shows that it lives, or has been silent for too long to do so. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../../base/errors.js';
import type { LockWaitOptions } from '../../lock.js';
import { type Found, LOCK_FILE } from './lock-file.js';
import { nameOf, type Owner } from './lock-owner.js';
import type { Verdict } from './lock-verdict.js';

const POLL_MS = 500;
/** The shortest wait that is worth a line, in milliseconds. */
const SHORT_MS = 2000;

/** Owners that have been silent for too long: their other locks are stale, too. */
const gone = new Set<string>();

export class LockWait {
  /** The milliseconds that this process has waited. Oversleeping, because it was stopped, does not count. */
  #waited = 0;
  #seen: Found | undefined;
  /** The value of `#waited` when the file was last seen to change, and whether its owner did that. */
  #changed = 0;
  #heard = false;
  #said: string | undefined;

  constructor(
    readonly folder: string,
    readonly options: LockWaitOptions,
  ) {}

  /**
   * Whether a lock is stale, by the verdict or by its silence since it was first checked. Where it is not, the answer
   * comes after a moment, and the lock can be checked again.
   * @throws InputError when it has been waited for long enough
   */
  async isStale(found: Found, verdict: Verdict): Promise<boolean> {
    if (verdict === 'gone') return true;
    this.#look(found);
    if (verdict !== 'lives' && this.#isSilent(found, verdict)) return true;
    const lives = verdict === 'lives' || this.#heard;
    const { wait } = this.options;
    const limit = wait !== undefined ? 1000 * wait : lives ? 0 : Number.POSITIVE_INFINITY;
    if (this.#waited >= limit) throw this.inUse(found.owner);
    this.#say(found, lives ? 'for it to end' : 'for a sign of life from it', lives ? limit : Math.min(limit, verdict));
    await this.#pause();
    return false;
  }

  inUse(owner: Owner | undefined): InputError {
    const path = join(this.folder, LOCK_FILE);
    return new InputError(
      `${this.folder}: in use by ${nameOf(owner)}; wait for it or stop it, or, where it is gone, remove ${path}`,
    );
  }

  #look(found: Found): void {
    const before = this.#seen;
    this.#seen = found;
    if (before?.text === found.text && before.touched === found.touched) return;
    this.#changed = this.#waited;
    this.#heard = before?.text === found.text;
  }

  #isSilent({ owner }: Found, patience: number): boolean {
    const silent = this.#waited - this.#changed >= patience;
    if (!owner) return silent;
    const { host, boot, namespace, pid, start } = owner;
    const who = JSON.stringify([host, boot, namespace, pid, start]);
    if (silent) gone.add(who);
    return gone.has(who);
  }

  #say({ text, owner }: Found, what: string, limit: number): void {
    const line = `${this.folder}: locked by ${nameOf(owner)}; waiting up to ${limit / 1000} s ${what}`;
    if (limit > SHORT_MS && this.#said !== text + what) this.options.say?.(line);
    this.#said = text + what;
  }

  async #pause(): Promise<void> {
    const { signal } = this.options;
    const started = performance.now();
    await sleep(POLL_MS, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
    this.#waited += Math.min(performance.now() - started, 2 * POLL_MS);
  }
}
