/**
 * The processes of a job as a group that works together: what they gather and broadcast, and the wish to stop. A signal
 * may reach any of them at any time; all must end at the same point of the work, or some would wait for others for ever.
 * So each tells of its wish with what is gathered anyway, and all heed it there.
 */
import { asBytes } from '../bytes.js';
import { InputError } from '../errors.js';
import { type Link, TAGS, type Tag } from './link.js';

/** The reason of a signal that ends the work: the number of the operating system's signal. */
export class Interruption extends Error {
  constructor(readonly code: number) {
    super(`interrupted by signal ${code}`);
  }
}

/** An error that every rank of the group has found, so that one of them tells of it, and no other has to be ended. */
export class AgreedError extends InputError {}

/** The first bytes of a message of any length: the length, the wish to stop, and what else there is room for. */
const FRAME = 1024;
const HEADER = 16;
/** A wish without the number of a signal. */
const STOP = 255;

export class Group {
  readonly #controller = new AbortController();
  readonly #own: AbortSignal | undefined;
  readonly #onStop: ((code: number) => void) | undefined;
  /** Milliseconds that were spent waiting for other ranks in steps of the training, and how many steps there were. */
  readonly waited = { milliseconds: 0, steps: 0 };

  /**
   * @param own the signal by which this process is asked to stop
   * @param onStop is called when all have agreed to stop, with the number of the signal that reached one of them
   */
  constructor(
    readonly link: Link,
    own?: AbortSignal,
    onStop?: (code: number) => void,
  ) {
    this.#own = own;
    this.#onStop = onStop;
  }

  get rank(): number {
    return this.link.rank;
  }

  get size(): number {
    return this.link.size;
  }

  /** The ranks but this one, in order. */
  get others(): readonly number[] {
    return Array.from({ length: this.size }, (_, rank) => rank).filter((rank) => rank !== this.rank);
  }

  /** Aborts when the group has agreed to stop: at the same point of the work on every rank. */
  get stopped(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives bytes of every rank, of any length, to all; the result is in the order of the ranks. Wishes to stop are heeded. */
  async gather(bytes: Uint8Array): Promise<Uint8Array[]> {
    const wish = this.#wish();
    const others = this.others;
    for (const to of others) this.#send(to, TAGS.gather, bytes, wish);
    const received = await Promise.all(others.map((from) => this.#receive(from, TAGS.gather)));
    this.#heed([wish, ...received.map((message) => message.wish)]);
    const all = received.map((message) => message.bytes);
    all.splice(this.rank, 0, bytes);
    return all;
  }

  /** Gives a value of JSON of every rank to all. */
  async gatherJson<T>(value: T): Promise<T[]> {
    const all = await this.gather(encoded(value));
    return all.map((bytes) => parsed<T>(bytes));
  }

  /** Gives bytes of rank 0 to all. @param bytes are given by rank 0 alone */
  async broadcast(bytes?: Uint8Array): Promise<Uint8Array> {
    if (this.rank !== 0) return (await this.#receive(0, TAGS.broadcast)).bytes;
    for (const to of this.others) this.#send(to, TAGS.broadcast, bytes!, 0);
    return bytes!;
  }

  /** Gives a value of JSON of rank 0 to all. */
  async broadcastJson<T>(value?: T): Promise<T> {
    return parsed(await this.broadcast(this.rank === 0 ? encoded(value) : undefined));
  }

  /** Sends a value of JSON to a rank. */
  sendJson(to: number, tag: Tag, value: unknown): void {
    this.#send(to, tag, encoded(value), 0);
  }

  /** Receives a value of JSON from a rank. */
  async receiveJson<T>(from: number, tag: Tag): Promise<T> {
    return parsed((await this.#receive(from, tag)).bytes);
  }

  #wish(): number {
    if (!this.#own?.aborted) return 0;
    return this.#own.reason instanceof Interruption ? this.#own.reason.code : STOP;
  }

  /** Stops where one of the ranks has wished it. */
  #heed(wishes: readonly number[]): void {
    const code = Math.max(...wishes);
    if (code === 0 || this.stopped.aborted) return;
    this.#controller.abort(this.#own?.aborted ? this.#own.reason : new Interruption(code));
    this.#onStop?.(code);
  }

  #send(to: number, tag: Tag, bytes: Uint8Array, wish: number): void {
    const frame = new Uint8Array(FRAME);
    frame.set(asBytes(new Float64Array([bytes.length, wish])));
    frame.set(bytes.subarray(0, FRAME - HEADER), HEADER);
    this.link.send(to, tag, frame);
    if (bytes.length > FRAME - HEADER) this.link.send(to, tag, bytes.subarray(FRAME - HEADER));
  }

  async #receive(from: number, tag: Tag): Promise<{ readonly bytes: Uint8Array; readonly wish: number }> {
    const frame = new Uint8Array(FRAME);
    await this.link.receive(from, tag, frame);
    const [length, wish] = new Float64Array(frame.buffer, 0, 2);
    const bytes = new Uint8Array(length!);
    bytes.set(frame.subarray(HEADER, HEADER + length!));
    if (length! > FRAME - HEADER) await this.link.receive(from, tag, bytes.subarray(FRAME - HEADER));
    return { bytes, wish: wish! };
  }
}

function encoded(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value ?? null));
}

function parsed<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes));
}
