/**
 * The file of a lock: made whole or not at all, by one process only. It is written under another name and gets its own by
 * link(2), which fails where there is one. File systems without hard links make it by O_EXCL, for a moment without text.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { holdFile } from './kernel-lock.js';
import { type Owner, parseOwner } from './lock-owner.js';

export const LOCK_FILE = '.lock';

export interface Found {
  readonly text: string;
  /** The owner; undefined where the text is not that of a lock. */
  readonly owner: Owner | undefined;
  /** The time when it was last touched, in milliseconds of its owner's clock. */
  readonly touched: number;
}

/** Makes the file. @returns the open file, which the kernel holds where it can; undefined where one exists already */
export function createLockFile(path: string, owner: Owner): number | undefined {
  const temporary = `${path}.${randomUUID()}`;
  const file = createExclusively(temporary, owner);
  try {
    linkSync(temporary, path);
    return file;
  } catch (error) {
    closeSync(file);
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: one who has taken the folder meanwhile has cleared up.
    if (code === 'EEXIST' || code === 'ENOENT') return undefined;
  } finally {
    rmSync(temporary, { force: true });
  }
  try {
    return createExclusively(path, owner);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

function createExclusively(path: string, owner: Owner): number {
  const file = openSync(path, 'wx');
  try {
    writeSync(file, `${JSON.stringify({ ...owner, kernel: holdFile(file) })}\n`);
    fsyncSync(file);
    return file;
  } catch (error) {
    closeSync(file);
    rmSync(path, { force: true });
    throw error;
  }
}

/** Reads the file; undefined where there is none. */
export function readLockFile(path: string): Found | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const text = readFileSync(file, 'utf8');
    return { text, owner: parseOwner(text), touched: fstatSync(file).mtimeMs };
  } finally {
    closeSync(file);
  }
}

/** Names the file that a process makes to take over this very lock. */
export function claimOf(path: string, text: string): string {
  return `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** Removes what processes have left that were killed while they were taking the lock; only its owner may call this. */
export function clearUp(path: string): void {
  try {
    const folder = dirname(path);
    const left = readdirSync(folder).filter((name) => name.startsWith(`${LOCK_FILE}.`));
    for (const name of left) rmSync(join(folder, name), { force: true });
  } catch {
    // A folder that cannot be listed may still be written to.
  }
}
