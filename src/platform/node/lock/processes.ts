/** Which processes run on this machine, as far as this process can see them. */
import { readFileSync, readlinkSync } from 'node:fs';

/** Whether a process with this number runs on this machine; it may be a younger one that was given the number anew. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * When the process with this number started, in clock ticks since boot: number and start together are given only once.
 * Undefined where no such process runs, '' where one runs but its start cannot be known.
 */
export function startOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  // The /proc of another process namespace has other numbers.
  if (readOr('', () => readlinkSync('/proc/self')) !== `${process.pid}`) return '';
  const stat = readOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat !== '') return parseStart(stat);
  return isRunning(pid) ? '' : undefined;
}

/** Returns when this process started, as `startOf` does. */
export function ownStart(): string {
  return parseStart(readOr('', () => readFileSync('/proc/self/stat', 'utf8'))) ?? '';
}

/** The start in the text of /proc/PID/stat; undefined for a zombie, which only waits for its parent to look at it. */
export function parseStart(stat: string): string | undefined {
  // `PID (NAME) STATE …`, the start is field 22; the name may hold spaces and brackets.
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return /^[ZXx]$/.test(state) ? undefined : (fields[18] ?? '');
}

/** Returns the process namespace of this process, which containers have of their own, on Linux; elsewhere ''. */
export function processNamespace(): string {
  return readOr('', () => readlinkSync('/proc/self/ns/pid'));
}

/** Returns Linux's id of this run of the machine, from its start to the next; elsewhere ''. */
export function bootId(): string {
  return readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function readOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
