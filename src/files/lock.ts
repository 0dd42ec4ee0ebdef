/**
 * One process at a time in a folder: a file `.lock`, which only one process can make (O_EXCL) and which says who.
 *
 * The lock of a process that died without removing it is stale, and the next process takes it over. A lock is stale when
 *
 *   - its owner ran on this machine, and no process with its number runs there now; or
 *   - it was not refreshed for ten minutes, while an owner that lives does so every 30 seconds: the owner was on another
 *     machine, or its number belongs to another process now.
 *
 * An owner that was only stopped for so long (Ctrl-Z, a closed laptop) finds out when it goes on: see `assertHeld`.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../base/errors.js';
import { fileError } from './errors.js';
import { isRunning } from './processes.js';

export const LOCK_FILE = '.lock';

const REFRESH_MS = 30_000;
const STALE_MS = 600_000;
/** Of a lock that is removed by others again and again while it is being taken. */
const ATTEMPTS = 100;

export interface Lock {
  /**
   * To be called before each write: a lock that somebody has removed is made anew.
   * @throws InputError when another process has taken over the folder
   */
  assertHeld(): void;
  /** Removes the lock; it also goes when the process exits. */
  release(): Promise<void>;
}

/** What is in the file, as JSON. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Which numbering of processes `pid` belongs to: containers have their own, on Linux. */
  readonly namespace: string;
  /** ISO 8601 */
  readonly started: string;
}

interface Found {
  readonly text: string;
  /** Undefined where the text is not that of a lock: its owner is about to write it, or died before. */
  readonly owner: Owner | undefined;
  /** In milliseconds of `Date.now()`. */
  readonly refreshed: number;
}

/**
 * Takes the lock of a folder.
 * @throws InputError that names the owner, while it lives; or the path and the reason, when the lock cannot be written
 */
export async function lockFolder(folder: string): Promise<Lock> {
  const path = join(folder, LOCK_FILE);
  const owner = { pid: process.pid, host: hostname(), namespace: namespace(), started: new Date().toISOString() };
  const text = `${JSON.stringify(owner)}\n`;
  onDisk(path, () => take(folder, path, text));
  return new FolderLock(folder, path, text);
}

const held = new Set<FolderLock>();

class FolderLock implements Lock {
  readonly #timer = setInterval(() => this.#refresh(), REFRESH_MS).unref();

  constructor(
    readonly folder: string,
    readonly path: string,
    readonly text: string,
  ) {
    if (held.size === 0) process.on('exit', releaseAll);
    held.add(this);
  }

  assertHeld(): void {
    onDisk(this.path, () => {
      const found = inspect(this.path);
      if (found ? found.text === this.text : create(this.path, this.text)) return;
      throw new InputError(
        `${this.folder}: ${nameOf(found?.owner)} has taken over this folder, as this process was not heard of ` +
          'for 10 minutes; leave the folder to it, or stop it and start again',
      );
    });
  }

  async release(): Promise<void> {
    this.releaseNow();
  }

  /** Never throws: a lock that cannot be removed is stale as soon as the process has ended. */
  releaseNow(): void {
    clearInterval(this.#timer);
    held.delete(this);
    if (held.size === 0) process.off('exit', releaseAll);
    this.#whereOwn(() => unlinkSync(this.path));
  }

  #refresh(): void {
    const now = new Date();
    this.#whereOwn(() => utimesSync(this.path, now, now));
  }

  #whereOwn(action: () => void): void {
    try {
      if (inspect(this.path)?.text === this.text) action();
    } catch {
      // The folder is gone or out of reach; whoever writes there next is told why.
    }
  }
}

function releaseAll(): void {
  for (const lock of held) lock.releaseNow();
}

/**
 * Makes the file of a lock, once a stale one is out of the way. Of the processes that find it stale at the same time,
 * the first might remove it and make its own, which the second would then remove. So it is removed under a lock of its
 * own, taken in the same way, by a process that finds it stale still.
 */
function take(folder: string, path: string, text: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (create(path, text)) return;
    const found = inspect(path);
    if (!found) continue;
    if (!isStale(found)) throw inUse(folder, path, found.owner);
    const removal = `${path}.removal`;
    take(folder, removal, text);
    try {
      const still = inspect(path);
      if (still && isStale(still)) rmSync(path, { force: true });
    } finally {
      rmSync(removal, { force: true });
    }
  }
  throw inUse(folder, path, undefined);
}

function isStale({ owner, refreshed }: Found): boolean {
  if (Date.now() - refreshed > STALE_MS) return true;
  if (owner?.host !== hostname() || owner.namespace !== namespace()) return false;
  // In a container that is started again, processes often get the numbers that they had before.
  if (owner.pid === process.pid) return Date.parse(owner.started) < Date.now() - 1000 * process.uptime();
  return !isRunning(owner.pid);
}

/** @returns whether the file was made; false where there is one */
function create(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

/** Undefined where there is no lock. */
function inspect(path: string): Found | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const text = readFileSync(file, 'utf8');
    return { text, owner: parseOwner(text), refreshed: fstatSync(file).mtimeMs };
  } finally {
    closeSync(file);
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, host, namespace, started } = JSON.parse(text);
    const texts = [host, namespace, started].every((field) => typeof field === 'string');
    return texts && Number.isSafeInteger(pid) && pid > 0 ? { pid, host, namespace, started } : undefined;
  } catch {
    return undefined;
  }
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function onDisk(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw fileError(path, 'written', error, 'its folder does not exist; create the folder first');
  }
}

function nameOf(owner: Owner | undefined): string {
  return owner ? `process ${owner.pid} on ${owner.host} (since ${owner.started})` : 'an unknown process';
}

function inUse(folder: string, path: string, owner: Owner | undefined): InputError {
  return new InputError(
    `${folder}: in use by ${nameOf(owner)}; wait for it or stop it, or, where it is gone, remove ${path}`,
  );
}
