/** The WebAssembly backend in a browser: what it takes is made ready once, and backends are then made at once. */
import type { Backend } from '../../../backend/backend.js';
import type { Threads } from '../../../backend/names.js';
import { compareWithReference } from '../../../backend/self-check.js';
import { WasmBackend } from '../../../backend/wasm/backend.js';
import { teamSize } from '../../../backend/wasm/team/team-size.js';
import { InputError } from '../../../base/errors.js';
import { availableCores } from '../threads/cores.js';
import { whyOneThread } from '../threads/isolation.js';
import { ThreadPool } from '../threads/pool.js';
import { startTeams } from '../threads/team.js';
import { startWorkers } from '../threads/workers.js';
import { kernelsUrl, sharedKernelsUrl, type WebUrls } from '../urls.js';
import { compileKernels } from './module.js';

export interface PrepareOptions {
  /** The most threads or workers that a backend is to have. Default: 'auto', one for each core. */
  readonly threads?: Threads;
  /** Where the files are that are loaded. */
  readonly urls?: WebUrls;
  /** Is told in one line why one thread computes although several were asked for. Default: `console.warn`. */
  readonly warn?: (message: string) => void;
}

/** The kernels of all backends that are made, and the threads that are ready for their teams. */
export interface Prepared {
  readonly module: WebAssembly.Module;
  /** Absent where one thread computes; else the kernels are those for memory that is shared. */
  readonly pool?: ThreadPool;
  readonly warn: (message: string) => void;
}

/**
 * Loads and checks the kernels, and starts threads. Where these do not start, or cannot share memory, one thread computes,
 * and `warn` is told why.
 * @throws InputError where the kernels are not to be had, or give wrong numbers in this browser
 */
export async function prepareWasm({
  threads = 'auto',
  urls = {},
  warn = (message) => console.warn(`unetpp: ${message}`),
}: PrepareOptions = {}): Promise<Prepared> {
  const shared = await prepareShared(threads, urls, warn);
  if (shared) return { ...shared, warn };
  const module = await compileKernels(kernelsUrl(urls));
  await check(new WasmBackend(module));
  return { module, warn };
}

async function prepareShared(threads: Threads, urls: WebUrls, warn: (message: string) => void) {
  // Whether memory can be shared is another question: whoever asks for more than it gives is told why.
  if (threads === 1 || (threads === 'auto' && navigator.hardwareConcurrency === 1)) return undefined;
  const reason = whyOneThread();
  if (reason !== undefined) {
    warn(reason);
    return undefined;
  }
  const size = teamSize(threads, 'threads', availableCores);
  const pool = new ThreadPool({ urls, warn: (message) => warn(`${message}; one thread computes`) });
  try {
    const [module, started] = await Promise.all([compileKernels(sharedKernelsUrl(urls)), pool.fill(size - 1)]);
    if (!started) return undefined;
    await check(new WasmBackend(module, { threads: 1, start: () => undefined }));
    return { module, pool };
  } catch (error) {
    pool.close();
    throw error;
  }
}

/** @throws InputError where a backend is further from the reference than rounding explains */
async function check(backend: Backend): Promise<void> {
  const wrong = await compareWithReference(backend);
  if (wrong === undefined) return;
  throw new InputError(`wasm: ${wrong} gives wrong numbers in this browser; update it, or take another one`);
}

export interface WasmOptions {
  /** How many threads run a program together, the calling one included. Default: 1. */
  readonly threads?: Threads;
  /** How many threads compute micro-batches of training at the same time. Default: 1. */
  readonly workers?: Threads;
  /** Milliseconds that a thread may be silent before it counts as lost. Default: 10,000, and a minute for workers. */
  readonly patience?: number;
}

/** Makes a backend of what was made ready. @throws InputError for an impossible number of threads */
export function createWasmBackend({ module, pool, warn }: Prepared, options: WasmOptions = {}): WasmBackend {
  const { threads = 1, workers = 1, patience } = options;
  const size = teamSize(threads, 'threads', availableCores);
  const count = teamSize(workers, 'workers', availableCores);
  if (!pool) return new WasmBackend(module);
  const waiting = patience === undefined ? {} : { patience };
  const team = { threads: size, start: startTeams(pool), warn, ...waiting };
  const start = startWorkers(pool, { count, ...waiting });
  return new WasmBackend(module, team, count > 1 ? { count, start } : undefined);
}
