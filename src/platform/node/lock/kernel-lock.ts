/**
 * A file that the kernel holds for a process: until the process ends, however it ends, and also while it is only stopped;
 * and every container on the machine can ask. Node cannot call flock(2), but the program `flock` (util-linux, BusyBox)
 * can: such a lock belongs to the open file, which the program inherits, and outlives the program.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** The exit code of `flock` when another process holds the file. */
const HELD = 1;

/** Holds an open file until it is closed. @returns whether that is so; false where there is no `flock` */
export function holdFile(file: number): boolean {
  return flock('-x', file) === 0;
}

/** Whether any process holds the file; undefined where that cannot be known. */
export function isHeld(path: string): boolean | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    // A shared lock, so that processes that check at the same time do not take each other for the owner.
    const status = flock('-s', file);
    return status === 0 || status === HELD ? status === HELD : undefined;
  } finally {
    closeSync(file);
  }
}

function flock(how: '-x' | '-s', file: number): number | null {
  if (process.platform !== 'linux') return null;
  return spawnSync('flock', ['-n', how, '3'], { stdio: ['ignore', 'ignore', 'ignore', file] }).status;
}
