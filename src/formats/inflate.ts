/**
 * Inflates zlib streams (RFC 1950 around RFC 1951) without anything from Node. Inflaters made for browsers take whatever
 * a stream grows to, accept codes that no encoder writes and ignore the checksum; this one has a limit of its output,
 * and refuses what zlib refuses, in zlib's words. It is as fast as they are.
 */

/** A stream that is damaged. */
export class InflateError extends Error {}

/** A stream that is longer than the largest size that is accepted. */
export class OversizeError extends InflateError {}

/**
 * Inflates a zlib stream. What follows the stream is ignored.
 * @param most the largest size that is accepted; memory grows with the content, not with this bound
 * @throws OversizeError as soon as there is more; InflateError for a stream that is cut short, damaged, or of another
 * checksum
 */
export function inflate(bytes: Uint8Array, most: number): Uint8Array {
  const bits = new BitReader(bytes);
  const [method, flags] = [bits.take(8), bits.take(8)];
  if ((method * 256 + flags) % 31 !== 0) throw new InflateError('incorrect header check');
  if ((method & 15) !== 8) throw new InflateError('unknown compression method');
  if (method >> 4 > 7) throw new InflateError('invalid window size');
  if (flags & 32) throw new InflateError('Missing dictionary');
  const content = inflateBlocks(bits, most);
  const { buffer, byteOffset } = bits.takeBytes(4);
  if (new DataView(buffer, byteOffset, 4).getUint32(0) !== adler32(content)) {
    throw new InflateError('incorrect data check');
  }
  return content;
}

/**
 * Inflates a stream without the header and the checksum of zlib, as DICOM and zip archives hold them.
 * @throws OversizeError and InflateError as `inflate`
 */
export function inflateRaw(bytes: Uint8Array, most: number): Uint8Array {
  return inflateBlocks(new BitReader(bytes), most);
}

function inflateBlocks(bits: BitReader, most: number): Uint8Array {
  const output = new Output(bits.bytes.length, most);
  let isLast = false;
  while (!isLast) {
    isLast = bits.take(1) === 1;
    const type = bits.take(2);
    if (type === 0) copyStored(bits, output);
    else if (type === 1) inflateBlock(bits, output, FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) inflateBlock(bits, output, ...readTables(bits));
    else throw new InflateError('invalid block type');
  }
  return output.bytes.subarray(0, output.length);
}

/** Returns at least 17 bits from a position in bits on, the lowest of each byte first; beyond the end they are 0. */
function bitsAt(bytes: Uint8Array, position: number): number {
  const at = (position / 8) | 0;
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) >>> (position & 7);
}

/** Reads a stream bit by bit. */
class BitReader {
  /** The position in bits. */
  position = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** The next `count` bits as a number, at most 16. */
  take(count: number): number {
    const value = bitsAt(this.bytes, this.position) & ((1 << count) - 1);
    this.moveTo(this.position + count);
    return value;
  }

  /** The symbol of the next code. */
  symbol(table: Uint16Array): number {
    const entry = table[bitsAt(this.bytes, this.position) & (table.length - 1)]!;
    if (entry === 0) throw new InflateError('invalid code');
    this.moveTo(this.position + (entry & 15));
    return entry >> 4;
  }

  /** Takes whole bytes; the rest of a byte that was begun is skipped. */
  takeBytes(length: number): Uint8Array {
    const start = Math.ceil(this.position / 8);
    this.moveTo(8 * (start + length));
    return this.bytes.subarray(start, start + length);
  }

  moveTo(position: number): void {
    if (position > 8 * this.bytes.length) throw new InflateError('unexpected end of file');
    this.position = position;
  }
}

/** The content as far as it is known: its memory grows, but never past the bound. */
class Output {
  bytes: Uint8Array;
  length = 0;

  constructor(
    compressed: number,
    readonly most: number,
  ) {
    this.bytes = new Uint8Array(Math.min(most, 4 * compressed));
  }

  /** Makes room for `length` bytes in all. */
  grow(length: number): Uint8Array {
    if (length > this.most) throw new OversizeError('more than the expected size');
    const larger = new Uint8Array(Math.min(this.most, Math.max(length, 2 * this.bytes.length)));
    larger.set(this.bytes);
    this.bytes = larger;
    return larger;
  }
}

function copyStored(bits: BitReader, output: Output): void {
  const [low, high, lowInverted, highInverted] = bits.takeBytes(4);
  if (low! + lowInverted! !== 255 || high! + highInverted! !== 255) {
    throw new InflateError('invalid stored block lengths');
  }
  const stored = bits.takeBytes(low! | (high! << 8));
  const end = output.length + stored.length;
  if (end > output.bytes.length) output.grow(end);
  output.bytes.set(stored, output.length);
  output.length = end;
}

/** The smallest lengths and distances of the symbols, and how many bits more each has. */
const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = Array.from({ length: 30 }, (_, k) => (k < 2 ? k + 1 : 1 + ((2 + (k & 1)) << ((k >> 1) - 1))));
const DISTANCE_BITS = Array.from({ length: 30 }, (_, k) => Math.max(0, (k >> 1) - 1));
const END_OF_BLOCK = 256;

/** Follows the codes up to the end of the block. It works on local variables: nearly all the time is spent here. */
function inflateBlock(reader: BitReader, output: Output, literals: Uint16Array, distances: Uint16Array): void {
  const input = reader.bytes;
  const end = 8 * input.length;
  const [literalMask, distanceMask] = [literals.length - 1, distances.length - 1];
  let { position } = reader;
  let { bytes, length } = output;
  while (position <= end) {
    const literal = literals[bitsAt(input, position) & literalMask]!;
    position += literal & 15;
    const symbol = literal >> 4;
    if (symbol < END_OF_BLOCK) {
      if (literal === 0) throw new InflateError('invalid literal/length code');
      if (length === bytes.length) bytes = output.grow(length + 1);
      bytes[length++] = symbol;
      continue;
    }
    if (symbol === END_OF_BLOCK) break;

    const k = symbol - END_OF_BLOCK - 1;
    if (k >= LENGTHS.length) throw new InflateError('invalid literal/length code');
    const copied = LENGTHS[k]! + (bitsAt(input, position) & ((1 << LENGTH_BITS[k]!) - 1));
    position += LENGTH_BITS[k]!;
    const far = distances[bitsAt(input, position) & distanceMask]!;
    position += far & 15;
    const d = far >> 4;
    if (far === 0 || d >= DISTANCES.length) throw new InflateError('invalid distance code');
    const distance = DISTANCES[d]! + (bitsAt(input, position) & ((1 << DISTANCE_BITS[d]!) - 1));
    position += DISTANCE_BITS[d]!;
    if (distance > length) throw new InflateError('invalid distance too far back');
    const until = length + copied;
    if (until > bytes.length) bytes = output.grow(until);
    for (; length < until; length++) bytes[length] = bytes[length - distance]!;
  }
  reader.moveTo(position);
  output.length = length;
}

/** The order in which the lengths of the codes of code lengths are stored. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The codes of literals and of distances, as a block describes them. */
function readTables(bits: BitReader): [literals: Uint16Array, distances: Uint16Array] {
  const [literals, distances, used] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  if (literals > 286 || distances > 30) throw new InflateError('too many length or distance symbols');
  const codes = new Uint8Array(19);
  for (const symbol of ORDER.slice(0, used)) codes[symbol] = bits.take(3);
  const table = tableOf(codes, 'code lengths');
  const lengths = new Uint8Array(literals + distances);
  for (let at = 0; at < lengths.length; ) {
    const symbol = bits.symbol(table);
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) throw new InflateError('invalid bit length repeat');
    const repeats = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (at + repeats > lengths.length) throw new InflateError('invalid bit length repeat');
    lengths.fill(symbol === 16 ? lengths[at - 1]! : 0, at, at + repeats);
    at += repeats;
  }
  if (lengths[END_OF_BLOCK] === 0) throw new InflateError('invalid code -- missing end-of-block');
  return [tableOf(lengths.subarray(0, literals), 'literal/lengths'), tableOf(lengths.subarray(literals), 'distances')];
}

/**
 * What the next bits stand for, by as many of them as the longest code has: the symbol times 16, and the length of its
 * code. 0 where there is no code: of a set that is not complete.
 */
function tableOf(lengths: Uint8Array, what: string): Uint16Array {
  const counts = new Uint16Array(16);
  for (const length of lengths) if (length > 0) counts[length]!++;
  const longest = counts.findLastIndex((count) => count > 0);
  const next = new Uint16Array(16);
  let free = 1;
  for (let length = 1, code = 0; length <= 15; length++) {
    code = (code + counts[length - 1]!) << 1;
    next[length] = code;
    free = 2 * free - counts[length]!;
    if (free < 0) throw new InflateError(`invalid ${what} set`);
  }
  // A single code, of one bit, leaves the other free; so may a block without distances.
  if (free > 0 && (what === 'code lengths' ? longest > 0 : longest > 1)) throw new InflateError(`invalid ${what} set`);
  const bits = Math.max(1, longest);
  const table = new Uint16Array(1 << bits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const first = reversed(next[length]!++, length);
    for (let i = first; i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
  });
  return table;
}

/** The lowest `count` bits in the opposite order. */
function reversed(code: number, count: number): number {
  let result = 0;
  for (let k = 0; k < count; k++) result |= ((code >> k) & 1) << (count - 1 - k);
  return result;
}

const FIXED_LITERALS = tableOf(
  Uint8Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8)),
  'literal/lengths',
);
const FIXED_DISTANCES = tableOf(new Uint8Array(32).fill(5), 'distances');

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    // So many that b stays below 2^32 without its remainder.
    const end = Math.min(at + 5552, bytes.length);
    for (; at < end; at++) {
      a += bytes[at]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
