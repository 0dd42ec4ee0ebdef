/**
 * The thread that the HDF5 library runs in. A damaged file can leave the library in disorder, so that it refuses good
 * ones, and can keep it busy without end: the thread is then ended, and the next file gets a new one.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../../base/errors.js';
import { packageFile } from '../package-files.js';
import type { Hdf5Answer, Hdf5Request } from './fields.js';

/** Milliseconds that reading a file may take: a hundred times as long as the largest on a slow machine. */
const PATIENCE = 120_000;

export const NOT_INSTALLED = 'MATLAB files are read by h5wasm, which is not installed; run: npm install h5wasm';

let thread: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Reads one file at a time, in the order of the calls. The bytes of the request are transferred to the thread. */
export function readInThread(request: Hdf5Request): Promise<Hdf5Answer> {
  const answer = last.then(() => ask(request));
  last = answer.catch(() => {});
  return answer;
}

async function ask(request: Hdf5Request): Promise<Hdf5Answer> {
  const library = whereIsH5wasm();
  if (library === undefined) return { fault: NOT_INSTALLED };
  thread ??= start(library);
  const used = thread;
  used.ref();
  let answer: Hdf5Answer | undefined;
  try {
    used.postMessage(request, [request.bytes.buffer]);
    answer = await answerOf(used);
    return answer;
  } finally {
    used.unref();
    if (!answer || 'isBroken' in answer) {
      thread = undefined;
      await used.terminate();
    }
  }
}

/**
 * Finds the optional peer h5wasm, which has 15 MB and is searched only for a .mat; undefined where it is missing.
 * @throws InputError in a bundle of CommonJS, which cannot find it
 */
export function whereIsH5wasm(): string | undefined {
  if (!import.meta.resolve) {
    throw new InputError('h5wasm: a CommonJS bundle cannot read MATLAB files; bundle as ESM, or use unetpp convert');
  }
  try {
    return import.meta.resolve('h5wasm');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Starts the thread, which does not keep the process from ending, and prints nothing. */
function start(library: string): Worker {
  // The flags of this process are not its own: with some (--input-type) no file can be run.
  const worker = new Worker(packageFile('workers/hdf5-worker.js'), {
    workerData: library,
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.unref();
  return worker;
}

/** @throws Error that the thread ended with */
async function answerOf(worker: Worker): Promise<Hdf5Answer> {
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const [answer] = await once(worker, 'message', { signal });
    return answer as Hdf5Answer;
  } catch (error) {
    if (!signal.aborted) throw error;
    return { fault: `damaged: it cannot be read within ${PATIENCE / 1000} s; copy the file again`, isBroken: true };
  }
}
