/**
 * A zlib stream (RFC 1950) of data that comes in parts.
 *
 * The streams of fflate 0.8 may refer to bytes before their beginning, where data begin with what an empty window holds.
 * So the first 32 KB are stored as they are and given to fflate as its window; less than that is compressed at once.
 */
import { Deflate, zlibSync } from 'fflate';

/** How far back a stream refers at most. */
const WINDOW = 32768;
/** The method deflate with that window, compressed fast; and a block of `WINDOW` stored bytes after which more come. */
const HEADER = Uint8Array.of(0x78, 0x01);
const STORED = Uint8Array.of(0, WINDOW & 255, WINDOW >> 8, ~WINDOW & 255, (~WINDOW >> 8) & 255);

export class ZlibStream {
  readonly #start = new Uint8Array(WINDOW);
  #filled = 0;
  #deflate: Deflate | undefined;
  #sums: Adler = [1, 0];

  /**
   * @param level from 1, fast, to 9, small
   * @param out is given the parts of the stream in their order
   */
  constructor(
    readonly level: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9,
    readonly out: (part: Uint8Array) => void,
  ) {}

  push(data: Uint8Array): void {
    this.#sums = adler32(data, this.#sums);
    let rest = data;
    if (!this.#deflate) {
      rest = data.subarray(WINDOW - this.#filled);
      this.#start.set(data.subarray(0, WINDOW - this.#filled), this.#filled);
      this.#filled += data.length - rest.length;
      if (this.#filled < WINDOW) return;
      for (const part of [HEADER, STORED, this.#start.slice()]) this.out(part);
      this.#deflate = new Deflate({ level: this.level, dictionary: this.#start }, (part) => this.#pass(part));
    }
    this.#deflate.push(rest);
  }

  /** Passes on what is left. */
  finish(): void {
    if (!this.#deflate) {
      this.out(zlibSync(this.#start.subarray(0, this.#filled), { level: this.level }));
      return;
    }
    this.#deflate.push(new Uint8Array(0), true);
    const checksum = new Uint8Array(4);
    const [a, b] = this.#sums;
    new DataView(checksum.buffer).setUint32(0, b * 65536 + a);
    this.out(checksum);
  }

  #pass(part: Uint8Array): void {
    if (part.length > 0) this.out(part);
  }
}

/** The two sums of Adler-32, each below 65521. */
type Adler = readonly [a: number, b: number];

/** Goes on with the sums. They are reduced after so many bytes that neither leaves the whole numbers of 32 bits. */
function adler32(data: Uint8Array, [from, fromB]: Adler): Adler {
  let [a, b] = [from, fromB];
  for (let start = 0; start < data.length; start += 3800) {
    const end = Math.min(data.length, start + 3800);
    for (let k = start; k < end; k++) {
      a += data[k]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return [a, b];
}
