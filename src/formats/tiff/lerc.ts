/**
 * Decodes LERC2 (Limited Error Raster Compression, https://github.com/Esri/lerc) as TIFF has it: versions 3 to 5, one
 * sample a pixel, every pixel valid. Esri's package for JavaScript allocates and counts by whatever a stream says.
 */

/** A stream that is damaged; the message says why. */
export class LercError extends Error {}

/** A stream of a kind that is not read; the message says which. */
export class UnreadLercError extends LercError {}

/** The types of samples by their numbers in a stream: signed and unsigned of 8, 16 and 32 bits, float32 and float64. */
const TYPES = ['signed8', 'unsigned8', 'signed16', 'unsigned16', 'signed32', 'unsigned32', 'float32', 'float64'];
const TYPE_BYTES = [1, 1, 2, 2, 4, 4, 4, 8];

type Put = (view: DataView, at: number, value: number) => void;
type Get = (view: DataView, at: number) => number;

const GET: readonly Get[] = [
  (view, at) => view.getInt8(at),
  (view, at) => view.getUint8(at),
  (view, at) => view.getInt16(at, true),
  (view, at) => view.getUint16(at, true),
  (view, at) => view.getInt32(at, true),
  (view, at) => view.getUint32(at, true),
  (view, at) => view.getFloat32(at, true),
  (view, at) => view.getFloat64(at, true),
];

const PUT: readonly Put[] = [
  (view, at, value) => view.setInt8(at, value),
  (view, at, value) => view.setUint8(at, value),
  (view, at, value) => view.setInt16(at, value, true),
  (view, at, value) => view.setUint16(at, value, true),
  (view, at, value) => view.setInt32(at, value, true),
  (view, at, value) => view.setUint32(at, value, true),
  (view, at, value) => view.setFloat32(at, value, true),
  (view, at, value) => view.setFloat64(at, value, true),
];

/** What is expected of a stream. */
export interface LercBlock {
  readonly width: number;
  /** As many rows as there must be, and as many as there may be. */
  readonly rows: number;
  readonly mostRows: number;
  /** `float32`: the kind of the samples and their bits. */
  readonly type: string;
}

/** Decodes a stream to its samples, row by row, in little-endian order. @throws LercError */
export function decodeLerc(bytes: Uint8Array, { width, rows, mostRows, type }: LercBlock): Uint8Array {
  try {
    const stream = new Lerc(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const { columns, lines } = stream;
    if (columns !== width || lines < rows || lines > mostRows || TYPES[stream.type] !== type) {
      const found = `${columns}x${lines} of ${TYPES[stream.type]}`;
      throw new LercError(`${found}, expected ${width}x${rows} of ${type}`);
    }
    return stream.decode();
  } catch (error) {
    // Every read is through a view, which refuses what lies outside.
    if (error instanceof RangeError) throw new LercError('it is cut short');
    throw error;
  }
}

class Lerc {
  readonly columns: number;
  readonly lines: number;
  readonly type: number;
  readonly #version: number;
  readonly #blockSize: number;
  readonly #maxError: number;
  readonly #min: number;
  readonly #max: number;
  #at: number;

  constructor(readonly view: DataView) {
    const magic = Array.from({ length: 6 }, (_, k) => String.fromCharCode(view.getUint8(k))).join('');
    const version = view.getInt32(6, true);
    if (magic !== 'Lerc2 ' || version < 3 || version > 5) {
      throw new UnreadLercError(magic === 'Lerc2 ' ? `version 2.${version}` : 'of a version before 2');
    }
    this.#version = version;
    this.lines = view.getUint32(14, true);
    this.columns = view.getUint32(18, true);
    const depth = version >= 4 ? view.getUint32(22, true) : 1;
    const rest = version >= 4 ? 26 : 22;
    const valid = view.getUint32(rest, true);
    this.#blockSize = view.getUint32(rest + 4, true);
    this.type = view.getInt32(rest + 12, true);
    [this.#maxError, this.#min, this.#max] = [16, 24, 32].map((k) => view.getFloat64(rest + k, true)) as [
      number,
      number,
      number,
    ];
    this.#at = rest + 40;
    if (TYPES[this.type] === undefined) throw new LercError(`samples of type ${this.type}`);
    if (depth !== 1) throw new UnreadLercError(`with ${depth} samples a pixel`);
    if (valid !== this.lines * this.columns) throw new UnreadLercError('with pixels without a value');
    if (this.#blockSize < 1 || this.#blockSize > 1024) throw new LercError(`blocks of ${this.#blockSize} pixels`);
    if (this.#take(4) !== 0) throw new LercError('it has a mask');
  }

  decode(): Uint8Array {
    const { view, type, columns, lines } = this;
    const bytes = TYPE_BYTES[type]!;
    const samples = new Uint8Array(columns * lines * bytes);
    const target = new DataView(samples.buffer);
    let isConstant = this.#min === this.#max;
    if (!isConstant && this.#version >= 4) {
      const [least, most] = [GET[type]!(view, this.#at), GET[type]!(view, this.#at + bytes)];
      this.#at += 2 * bytes;
      isConstant = least === most;
    }
    if (isConstant) {
      for (let at = 0; at < samples.length; at += bytes) PUT[type]!(target, at, this.#min);
    } else if (this.#take(1) === 1) {
      for (let at = 0; at < samples.length; at += bytes) PUT[type]!(target, at, GET[type]!(view, this.#at + at));
    } else {
      const mayBeHuffman = type <= 1 && Math.abs(this.#maxError - 0.5) < 1e-5;
      if (mayBeHuffman && this.#take(1) !== 0) throw new UnreadLercError("with Huffman's codes");
      this.#decodeBlocks(target);
    }
    return samples;
  }

  #decodeBlocks(target: DataView): void {
    const size = this.#blockSize;
    for (let top = 0; top < this.lines; top += size) {
      for (let left = 0; left < this.columns; left += size) this.#decodeBlock(target, left, top);
    }
  }

  #decodeBlock(target: DataView, left: number, top: number): void {
    const { view, type, columns } = this;
    const put = PUT[type]!;
    const bytes = TYPE_BYTES[type]!;
    const size = this.#blockSize;
    const [width, height] = [Math.min(size, columns - left), Math.min(size, this.lines - top)];
    const head = this.#take(1);
    const mask = this.#version >= 5 ? 14 : 15;
    const isDifference = this.#version >= 5 && (head & 4) !== 0;
    if (((head >> 2) & mask) !== ((left >> 3) & mask) || isDifference)
      throw new LercError('a block that is out of place');
    const encoding = head & 3;
    // Blocks of nothing but 0 are left as they are.
    if (encoding === 2) return;
    let value: (k: number) => number;
    if (encoding === 0) {
      const start = this.#at;
      this.#at += width * height * bytes;
      value = (k) => GET[type]!(view, start + k * bytes);
    } else {
      const stored = storedType(type, head >> 6);
      if (stored === undefined) throw new LercError('a block with an offset of an unknown type');
      const offset = GET[stored]!(view, this.#at);
      this.#at += TYPE_BYTES[stored]!;
      if (encoding === 3) value = () => offset;
      else {
        const steps = this.#unstuff(width * height);
        const step = 2 * this.#maxError;
        value = (k) => Math.min(offset + steps[k]! * step, this.#max);
      }
    }
    for (let y = 0, k = 0; y < height; y++) {
      let at = ((top + y) * columns + left) * bytes;
      for (let x = 0; x < width; x++, at += bytes) put(target, at, value(k++));
    }
  }

  /** Whole numbers of a few bits each, or indices of a table of such. */
  #unstuff(count: number): Uint32Array {
    const head = this.#take(1);
    const bits = head & 31;
    const countBytes = head >> 6 === 0 ? 4 : 3 - (head >> 6);
    if (countBytes === 0) throw new LercError('a block without a count');
    const found = this.#take(countBytes);
    if (found !== count) throw new LercError(`a block of ${found} pixels, expected ${count}`);
    if ((head & 32) === 0) return this.#bits(count, bits);
    // The first entry is 0, and is not stored.
    const entries = this.#take(1);
    if (entries === 0) throw new LercError('a block with an empty table');
    const table = this.#bits(entries - 1, bits);
    const indices = this.#bits(count, 32 - Math.clz32(entries - 1));
    return indices.map((index) => (index === 0 ? 0 : (table[index - 1] ?? 0)));
  }

  /** The next `count` numbers of `bits` bits each, the lowest first. */
  #bits(count: number, bits: number): Uint32Array {
    const numbers = new Uint32Array(count);
    let [held, have] = [0, 0];
    // As a product, since 32 bits and more are held.
    for (let k = 0; k < count && bits > 0; k++) {
      while (have < bits) {
        held += this.view.getUint8(this.#at++) * 2 ** have;
        have += 8;
      }
      numbers[k] = held % 2 ** bits;
      held = Math.floor(held / 2 ** bits);
      have -= bits;
    }
    return numbers;
  }

  #take(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (bytes === 4) return this.view.getUint32(at, true);
    return bytes === 2 ? this.view.getUint16(at, true) : this.view.getUint8(at);
  }
}

/** The type in which an offset is stored: a smaller one than that of the samples where it fits. */
function storedType(type: number, code: number): number | undefined {
  if (type === 2 || type === 4) return type - code >= 0 ? type - code : undefined;
  if (type === 3 || type === 5) return type - 2 * code >= 0 ? type - 2 * code : undefined;
  if (type === 6) return [6, 2, 1][Math.min(code, 2)];
  if (type === 7) return code === 0 ? 7 : 8 - 2 * code;
  return type;
}
