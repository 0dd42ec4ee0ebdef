/**
 * NumPy's array files: a magic string, a Python dictionary as text, then the numbers.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import { asBytes } from '../base/bytes.js';
import { InputError, invariant } from '../base/errors.js';
import { roundUp } from '../base/multiples.js';
import { show } from '../base/show.js';
import { checkImage } from '../image/channels.js';
import type { Image, ImageData } from '../image/image.js';
import { bandsOf } from '../image/image-source.js';
import { cutOut, type Window, wholeWindow } from '../image/window.js';
import { type FileKind, SOFTWARE } from './file-kind.js';
import type { ImageFormat, OpenedImage } from './format.js';
import { checkLimits } from './limits.js';
import { bytesOf, imageDataFor, type NumberType, numberReader, numbersIn, samplesOf } from './numbers.js';
import type { ByteSource } from './source.js';

/** How many bytes of a file's beginning hold the header of any array that is an image. */
const HEADER_BYTES = 4096;

const MAGIC = '\x93NUMPY';

/** Says who wrote the file: a comment of Python, after the dictionary. */
const MARK = `# ${SOFTWARE}`;

/** What `encodeNpy` writes. */
export const NPY: FileKind = {
  name: 'an array',
  begins: (head) => /^\x93NUMPY[^\n]*\} (# \w+) *\n/s.exec(head)?.[1] === MARK,
};

/** The arrays that are written, by NumPy's names for their types. */
const WRITTEN = { '|u1': Uint8Array, '<u2': Uint16Array, '<f4': Float32Array } as const;

/** The types that are read, by the letter of NumPy for their kind and their size in bytes. */
const TYPES: Readonly<Record<string, NumberType>> = {
  b1: 'uint8',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** Encodes a `.npy` file that `numpy.load` reads as an array of `shape` in C order, the order of `data`. */
export function encodeNpy(shape: readonly number[], data: ImageData): Uint8Array {
  const size = shape.reduce((product, n) => product * n, 1);
  invariant(size === data.length, `npy: shape [${shape}] is not that of ${data.length} numbers`);
  const type = Object.entries(WRITTEN).find(([, array]) => data instanceof array)![0];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, } ${MARK}`;

  // The numbers begin at a multiple of 64: 10 bytes before the text, and a newline that ends it.
  const start = roundUp(10 + text.length + 1, 64);
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  bytes.set(asBytes(data), start);
  return bytes;
}

/** An array of any shape, in C order. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** As `decodeNpy` has them. */
  readonly data: ImageData;
}

/** What a file says of its array. */
interface ArrayHeader {
  readonly shape: readonly number[];
  /** NumPy's name for the type: `<f4`. */
  readonly descr: string;
  readonly type: NumberType;
  readonly isLittleEndian: boolean;
  /** The offset of the numbers in bytes. */
  readonly start: number;
}

/** An array that is an image. */
interface NpyHeader extends ArrayHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * Decodes an array of any shape.
 * @throws InputError as `decodeNpy` does
 */
export function decodeNpyArray(bytes: Uint8Array, name: string): NpyArray {
  const header = parseArrayHeader(bytes, name);
  checkLength(bytes.length, header, name);
  return { shape: header.shape, data: decodeNumbers(bytes.subarray(header.start), countOf(header), header, name) };
}

/**
 * Decodes the image in a .npy file: an array [height,width] or [height,width,channels] of whole or floating-point numbers
 * of any size and order of bytes, or of bool. Those of uint8 and uint16 stay as they are, bool becomes 0 and 1, and all
 * others become float32.
 * @throws InputError that starts with `name` for any other array, and for a file of another length than its header says
 */
export function decodeNpy(bytes: Uint8Array, name: string): Image {
  const header = parseNpyHeader(bytes, name);
  checkLength(bytes.length, header, name);
  return decodeWindow(bytes.subarray(header.start), wholeWindow(header), header, name);
}

/** @throws InputError for a file of another length than its header says */
function checkLength(size: number, header: ArrayHeader, name: string): void {
  const { descr, type, start } = header;
  const count = countOf(header);
  const length = count * bytesOf(type);
  if (size - start === length) return;
  const needs = `${count} numbers of ${descr} take ${length}`;
  throw new InputError(`${name}: damaged .npy: ${size - start} bytes of numbers, ${needs}; copy the file again`);
}

/** Decodes the rows of a window, whose bytes these are, and cuts them to its width. */
function decodeWindow(bytes: Uint8Array, window: Window, header: NpyHeader, name: string): Image {
  const { width, channels } = header;
  const { top, height } = window;
  const data = decodeNumbers(bytes, width * height * channels, header, name);
  const rows = { width, height, channels, data };
  checkImage(rows, name, { left: 0, top });
  return window.width === width ? rows : cutOut(rows, { ...window, top: 0 });
}

function decodeNumbers(
  bytes: Uint8Array,
  count: number,
  { descr, type, isLittleEndian }: ArrayHeader,
  name: string,
): ImageData {
  const numbers = numbersIn(bytes, type, isLittleEndian, false);
  const read = numberReader(numbers, type, (value) => {
    throw new InputError(`${name}: holds ${value}, which float64 cannot hold exactly; convert it with astype`);
  });
  const data = imageDataFor(type, count);
  const isBool = descr.endsWith('b1');
  for (let i = 0; i < count; i++) data[i] = isBool ? Number(read(i) !== 0) : read(i);
  return data;
}

function countOf({ shape }: Pick<ArrayHeader, 'shape'>): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** @param bytes the file, or as much of its beginning as holds the header */
function parseArrayHeader(bytes: Uint8Array, name: string): ArrayHeader {
  const { text, start } = headerText(bytes, name);
  const descr = /'descr': *'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(text)?.[1];
  const shape = /'shape': *\(([\d, ]*)\)/.exec(text)?.[1];
  if (order === undefined || shape === undefined) {
    throw new InputError(`${name}: damaged .npy: its header is ${show(text.trim())}; save it again with numpy.save`);
  }
  const type = typeOf(descr);
  if (descr === undefined || type === undefined) {
    const found = descr === undefined ? 'records' : `numbers of type ${show(descr)}`;
    const known = 'whole or floating-point numbers of at most 64 bits, or bool';
    throw new InputError(`${name}: holds ${found}, expected ${known}; convert it with astype`);
  }
  if (order === 'True') {
    throw new InputError(`${name}: is in Fortran's order, expected C's; save numpy.ascontiguousarray of it`);
  }
  const sides = shape.split(',').flatMap((side) => (side.trim() === '' ? [] : [Number(side)]));
  return { shape: sides, descr, type, isLittleEndian: !descr.startsWith('>'), start };
}

/** @param bytes as `parseArrayHeader` takes them */
function parseNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const header = parseArrayHeader(bytes, name);
  const { shape: sides, type, descr } = header;
  const [height, width, channels = 1] = sides;
  if (sides.length < 2 || sides.length > 3 || sides.includes(0)) {
    const expected = '[height,width] or [height,width,channels], each at least 1';
    throw new InputError(`${name}: an array of shape [${sides}], expected ${expected}; give it one image`);
  }
  const size = width! * height! * channels * Math.max(bytesOf(type), imageDataFor(type, 0).BYTES_PER_ELEMENT);
  checkLimits(width!, height!, size, `${sides.join('x')} of ${descr}`, name);
  return { ...header, width: width!, height: height!, channels };
}

/** The dictionary of the header, and where it ends. */
function headerText(bytes: Uint8Array, name: string): { text: string; start: number } {
  const version = bytes[6]!;
  if (bytes.length >= 10 && (version < 1 || version > 3)) {
    throw new InputError(`${name}: a .npy of version ${version}, known are 1 to 3; save it again with numpy.save`);
  }
  const begin = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < begin ? 0 : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = begin + length;
  if (start > HEADER_BYTES) {
    const expected = `expected at most ${HEADER_BYTES}`;
    throw new InputError(
      `${name}: damaged .npy: its header takes ${start} bytes, ${expected}; save it again with numpy.save`,
    );
  }
  if (bytes.length < begin || start > bytes.length) {
    throw new InputError(
      `${name}: truncated .npy: ${bytes.length} bytes, its header alone takes ${start}; copy the file again`,
    );
  }
  return { text: String.fromCharCode(...bytes.subarray(begin, start)), start };
}

/** The type by NumPy's name for it. Numbers of one byte have no order, which is written as `|`. */
function typeOf(descr: string | undefined): NumberType | undefined {
  const [, order, type] = /^([<>|])([a-z]\d)$/.exec(descr ?? '') ?? [];
  if (type === undefined || !Object.hasOwn(TYPES, type)) return undefined;
  return order === '|' && bytesOf(TYPES[type]!) > 1 ? undefined : TYPES[type];
}

export const npyFormat: ImageFormat = {
  name: '.npy',
  extensions: ['.npy'],
  matches: (start) => Array.from(MAGIC).every((char, i) => start[i] === char.charCodeAt(0)),
  async open(source: ByteSource): Promise<OpenedImage> {
    const { name } = source;
    const file = parseNpyHeader(await source.read(0, HEADER_BYTES), name);
    checkLength(source.size, file, name);
    const { width, height, channels, type, start } = file;
    const rowBytes = width * channels * bytesOf(type);
    const read = async (window: Window) => {
      const bytes = await source.read(start + window.top * rowBytes, window.height * rowBytes);
      if (bytes.length < window.height * rowBytes)
        checkLength(start + window.top * rowBytes + bytes.length, file, name);
      return decodeWindow(bytes, window, file, name);
    };
    return {
      format: '.npy',
      header: { width, height, channels, bits: 8 * bytesOf(type), samples: samplesOf(type), slices: 1 },
      // Nothing is compressed: checking the numbers is decoding them.
      async verify() {
        for await (const _ of bandsOf({ width, height, channels, read }));
      },
      readsWindows: true,
      read: (_, window = wholeWindow(file)) => read(window),
    };
  },
  encode({ width, height, channels, data }) {
    return encodeNpy(channels === 1 ? [height, width] : [height, width, channels], data);
  },
};
