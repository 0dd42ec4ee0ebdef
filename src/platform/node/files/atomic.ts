/**
 * Writing so that a file is either the old one or the new one, whole, whatever happens in between: the bytes go to a
 * temporary name in the same folder, are forced to the disk (fsync), and only then take the file's name (rename); at
 * last the folder is forced to the disk too, without which a power cut may undo the rename.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError, invariant } from '../../../base/errors.js';
import { isRunning } from '../lock/processes.js';
import { syncFolder, writeDurably } from './durable.js';
import { fileError } from './file-errors.js';

/** How the temporary name of NAME ends: `.NAME.<process>.<counter>.tmp`. */
const TEMPORARY = /\.(\d+)\.\d+\.tmp$/;
const NEWLINE = 0x0a;
let counter = 0;

/** Whether a file in a folder has a temporary name: it is being written, or its writer was killed. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * Writes `bytes` to `path`, or leaves everything as it was: no partial file, no temporary file.
 * @param check is called just before the file gets its name; what it throws keeps the file from being written
 * @throws InputError that names the path and the reason: folder missing, no permission, disk full…
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array, check?: () => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${counter++}.tmp`);
  try {
    await removeStale(path);
    try {
      await writeDurably(temporary, bytes);
      await check?.();
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(folder);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw fileError(path, 'written', error, 'its folder does not exist; create the folder first');
  }
}

/** Writes a text in UTF-8 as `writeFileAtomic` does. */
export async function writeTextAtomic(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, new TextEncoder().encode(text));
}

/**
 * Adds one line to a file, which is made where there is none, and forces it to the disk. A last line that a crash has
 * cut short is removed first, so that every line is whole.
 * @throws InputError that names the path and the reason.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  invariant(!line.includes('\n'), 'a line holds a newline');
  try {
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      const last = new Uint8Array(1);
      if (size > 0) await file.read(last, 0, 1, size - 1);
      if (size > 0 && last[0] !== NEWLINE) await file.truncate((await readFile(path)).lastIndexOf(NEWLINE) + 1);
      await file.appendFile(`${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(path, 'written', error, 'its folder does not exist; create the folder first');
  }
}

/**
 * Makes the folder `path` and those above it where they are missing, and forces their names to the disk: without its
 * name, a power cut takes all that is in a folder.
 * @throws InputError if that fails
 */
export async function ensureDirectory(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true });
    const last = first === undefined ? path : dirname(first);
    for (let made = resolve(path); made !== resolve(last); made = dirname(made)) await syncFolder(dirname(made));
  } catch (error) {
    throw fileError(path, 'created', error, 'the folder above it does not exist; create that first');
  }
}

/** The temporary files of dead processes by absolute folder, listed before this process first writes there. */
const stale = new Map<string, Promise<string[]>>();

/** Removes what killed processes have left of `path`, so that restarts do not fill the disk. */
async function removeStale(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  if (!stale.has(folder)) stale.set(folder, listStale(folder));
  const names = (await stale.get(folder)!).filter((name) => name.replace(TEMPORARY, '') === `.${basename(path)}`);
  for (const name of names) await rm(join(folder, name), { force: true });
}

/**
 * Removes all temporary files in a folder, for a process that alone writes there: those of a killed process whose number
 * another process has now, or that ran on another machine, are found in no other way.
 */
export async function removeTemporaries(folder: string): Promise<void> {
  try {
    const names = (await readdir(folder)).filter(isTemporary);
    for (const name of names) await rm(join(folder, name), { force: true });
  } catch (error) {
    throw fileError(folder, 'read', error, 'there is no such folder; check the path');
  }
}

async function listStale(folder: string): Promise<string[]> {
  // A folder that cannot be listed may still be written to.
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => {
    const pid = name.match(TEMPORARY)?.[1];
    return pid && !isRunning(Number(pid));
  });
}
