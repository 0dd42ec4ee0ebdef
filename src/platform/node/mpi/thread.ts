/**
 * The thread that calls MPI, and does nothing else: so messages travel while the main thread computes, and no library needs
 * to be safe for threads. It asks for what is done, and sleeps in between, longer and longer while nothing is: libraries
 * that wait by themselves take a whole core. Long messages go in pieces, so that each one that arrives keeps it awake.
 */
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import type { Mpi, Requests } from './library.js';

/** Where bytes lie that are sent or received. */
interface Place {
  readonly memory: SharedArrayBuffer;
  readonly start: number;
  readonly length: number;
}

/** What the main thread asks for; `id` comes back when it is done. */
export type Order =
  | ({ readonly kind: 'send' | 'receive'; readonly id: number; readonly rank: number; readonly tag: number } & Place)
  | { readonly kind: 'abort'; readonly exitCode: number }
  | { readonly kind: 'close' };

/** What the thread tells: who it is, that there is no MPI, or why it failed; the orders that are done, that it is through. */
export type News =
  | { readonly kind: 'started'; readonly rank: number; readonly size: number; readonly name: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly ids: readonly number[] }
  | { readonly kind: 'closed' };

/** Bytes of a piece of a message. */
const PIECE = 1 << 20;
/** Milliseconds between two looks: at first, and at most. */
const SHORTEST = 0.05;
const LONGEST = 4;

/** A piece that is on its way. Its memory is held until it is there. */
interface Flight {
  readonly order: Order & { readonly kind: 'send' | 'receive' };
  readonly bytes: Uint8Array;
}

/** Does orders until it is told to close. @param bell is rung, by a change of its value, when there is an order */
export function serve(mpi: Mpi, port: MessagePort, bell: Int32Array): void {
  const flights: Flight[] = [];
  /** How many pieces of an order are on their way. */
  const left = new Map<number, number>();
  let requests = mpi.requests(64);
  let closing = false;
  let pause = SHORTEST;

  const begin = (order: Flight['order']) => {
    const { kind, id, rank, tag, memory, start, length } = order;
    left.set(id, Math.ceil(length / PIECE));
    for (let at = 0; at < length; at += PIECE) {
      const bytes = new Uint8Array(memory, start + at, Math.min(PIECE, length - at));
      requests = withRoom(mpi, requests, flights.length + 1);
      const request = requests.subarray(flights.length, flights.length + 1);
      mpi[kind](bytes, rank, tag, request);
      flights.push({ order, bytes });
    }
  };
  const settle = (done: readonly number[]) => {
    const ids: number[] = [];
    // From the last one on: the last flight takes the place of one that has arrived.
    for (const index of done.toSorted((a, b) => b - a)) {
      const { id } = flights[index]!.order;
      const pieces = left.get(id)! - 1;
      if (pieces > 0) left.set(id, pieces);
      else {
        left.delete(id);
        ids.push(id);
      }
      const last = flights.pop()!;
      if (index === flights.length) continue;
      flights[index] = last;
      requests[index] = requests[flights.length]!;
    }
    if (ids.length > 0) port.postMessage({ kind: 'done', ids } satisfies News);
  };

  for (;;) {
    const rung = Atomics.load(bell, 0);
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      const order: Order = next.message;
      if (order.kind === 'abort') mpi.abort(order.exitCode);
      else if (order.kind === 'close') closing = true;
      else begin(order);
      pause = SHORTEST;
    }
    if (flights.length === 0) {
      if (closing) break;
      Atomics.wait(bell, 0, rung);
      continue;
    }
    const done = mpi.test(flights.length, requests);
    settle(done);
    pause = done.length > 0 ? SHORTEST : Math.min(LONGEST, 1.3 * pause);
    if (done.length === 0) Atomics.wait(bell, 0, rung, pause);
  }
  mpi.finalize();
  port.postMessage({ kind: 'closed' } satisfies News);
}

function withRoom(mpi: Mpi, requests: Requests, count: number): Requests {
  if (requests.length >= count) return requests;
  const larger = mpi.requests(2 * requests.length);
  // Both are of the library's kind.
  if (larger instanceof Uint32Array) larger.set(requests as Uint32Array);
  else larger.set(requests as BigUint64Array);
  return larger;
}
