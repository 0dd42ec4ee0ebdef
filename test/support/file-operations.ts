/** The moments that a test of interruptions can name: the file operations of a process, one after the other. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Operation = (this: unknown, ...args: unknown[]) => unknown;

const ASYNCHRONOUS = ['open', 'writeFile', 'rename', 'rm', 'rmdir', 'mkdir', 'link', 'unlink'];
const SYNCHRONOUS = ['openSync', 'writeSync', 'writeFileSync', 'fsyncSync', 'renameSync', 'rmSync', 'linkSync'];
const OF_OPEN_FILES = ['write', 'writeFile', 'appendFile', 'truncate', 'sync'];

/** Milliseconds within which most operations are done. */
const DURATION = 4;

/** Puts `around` in the place of each operation, which it must call. */
async function wrapOperations(around: (operation: () => unknown) => unknown): Promise<void> {
  const file = await fs.promises.open(process.execPath);
  await file.close();
  const places: [object, readonly string[]][] = [
    [fs.promises, ASYNCHRONOUS],
    [fs, [...SYNCHRONOUS, 'unlinkSync']],
    [Object.getPrototypeOf(file), OF_OPEN_FILES],
  ];
  for (const [place, names] of places) {
    const operations = place as Record<string, Operation>;
    for (const name of names) {
      const real = operations[name]!;
      operations[name] = function (...args) {
        return around(() => real.apply(this, args));
      };
    }
  }
  syncBuiltinESMExports();
}

/** Counts the operations from now on, and from each time that the count is set to 0. */
export interface OperationCount {
  operations: number;
}

/**
 * Ends this process with SIGKILL at a file operation: 3 is right before the third of them, 3.5 while it is under way or
 * shortly afterwards. Only modules that are imported later are affected.
 */
export async function killAtOperation(at: number): Promise<OperationCount> {
  const count = { operations: 0 };
  await wrapOperations((operation) => {
    const due = ++count.operations === Math.floor(at);
    if (due && Number.isInteger(at)) process.kill(process.pid, 'SIGKILL');
    const result = operation();
    if (!due) return result;
    const end = performance.now() + (at % 1) * DURATION;
    while (performance.now() < end);
    process.kill(process.pid, 'SIGKILL');
    return result;
  });
  return count;
}
