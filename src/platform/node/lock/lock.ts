/**
 * One process at a time in a folder: a file `.lock`, which only one process can make and which says who.
 *
 * The lock of a process that died without removing it is stale, and the next process takes it over: `judge` says when. An
 * owner that was only stopped meanwhile finds out when it continues: see `assertHeld`.
 *
 * Only one of the processes that find a lock stale at the same time may take it over: the one that makes a file named
 * after that very lock, a claim, in the same way as a lock is made, and then renames it to `.lock`. So the claim becomes
 * the lock, and there is no moment without either. The claim of a process that is killed in between is taken over as a
 * lock is.
 */
import { closeSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../base/errors.js';
import type { Lock, LockWaitOptions } from '../../lock.js';
import { fileError } from '../files/file-errors.js';
import { startHeartbeat } from './heartbeat.js';
import { isHeld } from './kernel-lock.js';
import { claimOf, clearUp, createLockFile, type Found, LOCK_FILE, readLockFile } from './lock-file.js';
import { here, nameOf, newOwner, type Owner } from './lock-owner.js';
import { judge, type Verdict } from './lock-verdict.js';
import { LockWait } from './lock-wait.js';
import { startOf } from './processes.js';

/** How often it is tried to take a lock that others remove again and again meanwhile. */
const ATTEMPTS = 100;

/**
 * Takes the lock of a folder. Where it cannot be known whether its owner lives, it waits until that is clear.
 * @throws InputError that names the owner, while it lives; or the path and the reason, when the lock cannot be written
 */
export async function lockFolder(folder: string, options: LockWaitOptions = {}): Promise<Lock> {
  const path = join(folder, LOCK_FILE);
  const owner = newOwner();
  try {
    const file = await take(path, owner, new LockWait(folder, options));
    clearUp(path);
    return new FolderLock(folder, path, owner, file);
  } catch (error) {
    throw onDisk(path, error);
  }
}

const held = new Set<FolderLock>();

class FolderLock implements Lock {
  readonly #endHeartbeat: () => void;

  constructor(
    readonly folder: string,
    readonly path: string,
    readonly owner: Owner,
    /** The open file, which the kernel holds as long as it is open. */
    private file: number | undefined,
  ) {
    this.#endHeartbeat = startHeartbeat({ path, id: owner.id });
    if (held.size === 0) process.on('exit', releaseAll);
    held.add(this);
  }

  assertHeld(): void {
    try {
      const found = readLockFile(this.path);
      if (found ? found.owner?.id === this.owner.id : this.#makeAnew()) return;
      throw new InputError(
        `${this.folder}: ${nameOf(found?.owner)} has taken over this folder while this process was paused or cut off ` +
          'from it; leave the folder to it, or stop it and start again',
      );
    } catch (error) {
      throw onDisk(this.path, error);
    }
  }

  async release(): Promise<void> {
    this.releaseNow();
  }

  /** Never throws: a lock that cannot be removed is stale as soon as the process has ended. */
  releaseNow(): void {
    if (!held.delete(this)) return;
    this.#endHeartbeat();
    if (held.size === 0) process.off('exit', releaseAll);
    try {
      if (readLockFile(this.path)?.owner?.id === this.owner.id) unlinkSync(this.path);
    } catch {
      // The folder is gone or out of reach.
    }
    this.#close();
  }

  #makeAnew(): boolean {
    this.#close();
    this.file = createLockFile(this.path, this.owner);
    return this.file !== undefined;
  }

  #close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

function releaseAll(): void {
  for (const lock of held) lock.releaseNow();
}

/** Makes the file of a lock, once a stale one is out of the way. @returns the open file */
async function take(path: string, owner: Owner, wait: LockWait): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await untilGone(path, wait);
    if (!found) {
      const file = createLockFile(path, owner);
      if (file !== undefined) return file;
      continue;
    }
    const claim = claimOf(path, found.text);
    const file = await take(claim, owner, wait);
    if (readLockFile(path)?.text === found.text && renamed(claim, path)) return file;
    rmSync(claim, { force: true });
    closeSync(file);
  }
  throw wait.inUse(undefined);
}

/** Waits while the owner of the lock lives, or may live. @returns its stale file, or undefined where there is none */
async function untilGone(path: string, wait: LockWait): Promise<Found | undefined> {
  for (;;) {
    const found = readLockFile(path);
    if (!found) return undefined;
    if (await wait.isStale(found, verdictOn(path, found))) return found;
  }
}

function verdictOn(path: string, found: Found): Verdict {
  return judge(found.owner, here, {
    start: () => startOf(found.owner!.pid),
    held: () => isHeld(path),
    olderThanBoot: () => found.touched < Date.now() - 1000 * uptime(),
  });
}

/** @returns false where the new owner of the folder has cleared the claim up */
function renamed(claim: string, path: string): boolean {
  try {
    renameSync(claim, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Turns a failure of the file system into an error of one line. */
function onDisk(path: string, error: unknown): unknown {
  const fromSystem = error instanceof Error && 'syscall' in error;
  return fromSystem ? fileError(path, 'written', error, 'its folder does not exist; create the folder first') : error;
}

/**
 * Whether a folder has the lock of a process that lives, as far as that is known at once. Where only silence could tell, a
 * lock counts that was touched lately, by this machine's clock.
 */
export function seemsLocked(folder: string): boolean {
  const path = join(folder, LOCK_FILE);
  try {
    const found = readLockFile(path);
    if (!found) return false;
    const verdict = verdictOn(path, found);
    return typeof verdict === 'number' ? Date.now() - found.touched < verdict : verdict === 'lives';
  } catch {
    return false;
  }
}
