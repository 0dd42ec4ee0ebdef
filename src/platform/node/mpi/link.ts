/** The link of ranks that mpirun or srun has started: messages of MPI, by the thread that calls it. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { InputError } from '../../../base/errors.js';
import type { Link, Tag } from '../../../base/ranks/link.js';
import { packageFile } from '../package-files.js';
import type { Launch } from './launch.js';
import { candidates } from './library.js';
import type { News, Order } from './thread.js';

/** What the thread is given. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly bell: Int32Array;
  /** The location of koffi. */
  readonly koffi: string;
  /** The names of MPI libraries to try. */
  readonly libraries: readonly string[];
}

/** An order that is under way. */
interface Waiting {
  done(): void;
  fail(error: Error): void;
}

/**
 * Seconds within which all ranks have to come together. Where one is killed before, some launchers take it for a program
 * without MPI that is through, and the library of the others waits for it without end.
 */
const TOGETHER = 120;

/** The other ranks have not come, and the thread that waits for them in the library cannot be ended. */
export class NotTogetherError extends Error {}

/**
 * Connects the ranks of a launch.
 * @throws InputError that says what to install, where koffi or the MPI library is missing; NotTogetherError
 */
export async function connect(launch: Launch): Promise<Link> {
  const started = `${launch.size} ranks were started`;
  const koffi = whereIsKoffi();
  if (koffi === undefined) {
    throw new InputError(`${started}, which need the optional package koffi to reach each other; npm install koffi`);
  }
  const libraries = candidates(launch.by, process.env.UNETPP_MPI);
  quietUcx();
  const { port1: port, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ThreadData = { port: port2, bell, koffi, libraries };
  const worker = new Worker(packageFile('workers/mpi-worker.js'), { workerData, transferList: [port2], execArgv: [] });
  worker.unref();
  const news = await new Promise<News>((resolve, reject) => {
    port.once('message', resolve);
    worker.once('error', reject);
    const late = `${started}, but not all have come within ${TOGETHER} s: one has ended before; start the job again`;
    setTimeout(() => reject(new NotTogetherError(late)), 1000 * TOGETHER).unref();
  });
  if (news.kind === 'missing') {
    throw new InputError(
      `${started}, but there is no MPI library (${libraries.join(', ')}); install the one of mpirun, or name its file in UNETPP_MPI`,
    );
  }
  if (news.kind !== 'started') throw new Error(`MPI: ${news.kind === 'failed' ? news.message : news.kind}`);
  if (news.size !== launch.size) {
    throw new InputError(
      `${started}, but ${news.name} sees ${news.size}: it is not the library of their launcher; name that one's file in UNETPP_MPI`,
    );
  }
  return new MpiLink(port, worker, bell, news);
}

/**
 * UCX, by which many MPI libraries reach the network, takes over the signal of wrong addresses, which V8 needs for
 * WebAssembly, and patches the functions by which Node maps memory. What a person has set is left.
 */
function quietUcx(): void {
  process.env.UCX_ERROR_SIGNALS ??= 'SIGILL,SIGBUS,SIGFPE';
  process.env.UCX_MEM_EVENTS ??= 'no';
}

/** Finds the optional peer koffi; undefined where it is missing. */
export function whereIsKoffi(): string | undefined {
  try {
    return import.meta.resolve('koffi');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

class MpiLink implements Link {
  readonly rank: number;
  readonly size: number;
  /** The library and its version. */
  readonly name: string;
  #sentBytes = 0;
  #last = 0;
  readonly #waiting = new Map<number, Waiting>();
  /** Memory of messages that were sent, by its length, for the next ones. */
  readonly #free = new Map<number, SharedArrayBuffer[]>();
  #failure: Error | undefined;
  #closed: (() => void) | undefined;

  constructor(
    readonly port: MessagePort,
    readonly worker: Worker,
    readonly bell: Int32Array,
    { rank, size, name }: News & { readonly kind: 'started' },
  ) {
    this.rank = rank;
    this.size = size;
    this.name = name;
    port.on('message', (news: News) => this.#hear(news));
    worker.once('error', (error) => this.#fail(error));
    worker.once('exit', () => this.#fail(new Error('the thread of MPI has ended')));
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  send(to: number, tag: Tag, bytes: Uint8Array): void {
    const { length } = bytes;
    const memory = this.#free.get(length)?.pop() ?? new SharedArrayBuffer(length);
    new Uint8Array(memory).set(bytes);
    this.#sentBytes += length;
    const done = () => void this.#free.set(length, [...(this.#free.get(length) ?? []), memory]);
    this.#order('send', to, tag, { memory, start: 0, length }, { done, fail: () => {} });
  }

  async receive(from: number, tag: Tag, into: Uint8Array): Promise<void> {
    const isShared = into.buffer instanceof SharedArrayBuffer;
    const memory = isShared ? (into.buffer as SharedArrayBuffer) : new SharedArrayBuffer(into.length);
    const place = { memory, start: isShared ? into.byteOffset : 0, length: into.length };
    await new Promise<void>((done, fail) => this.#order('receive', from, tag, place, { done, fail }));
    if (!isShared) into.set(new Uint8Array(memory));
  }

  abort(exitCode: number): void {
    this.#post({ kind: 'abort', exitCode });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.#post({ kind: 'close' });
    await closed;
    this.port.close();
  }

  #order(
    kind: 'send' | 'receive',
    rank: number,
    tag: Tag,
    place: Pick<Order & { kind: 'send' }, 'memory' | 'start' | 'length'>,
    waiting: Waiting,
  ): void {
    if (this.#failure) {
      waiting.fail(this.#failure);
      return;
    }
    const id = ++this.#last;
    this.#waiting.set(id, waiting);
    this.#post({ kind, id, rank, tag, ...place });
  }

  #post(order: Order): void {
    this.port.postMessage(order);
    Atomics.add(this.bell, 0, 1);
    Atomics.notify(this.bell, 0);
  }

  #hear(news: News): void {
    if (news.kind === 'failed') this.#fail(new Error(`MPI: ${news.message}`));
    if (news.kind === 'closed') this.#closed?.();
    if (news.kind !== 'done') return;
    for (const id of news.ids) {
      this.#waiting.get(id)?.done();
      this.#waiting.delete(id);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { fail } of this.#waiting.values()) fail(this.#failure);
    this.#waiting.clear();
  }
}
