/** The voxels of a NIfTI file: which bytes are read or inflated for a slice, what is kept, and what the numbers mean. */
import { InputError } from '../../base/errors.js';
import { checkImage } from '../../image/channels.js';
import type { Image, ImageData } from '../../image/image.js';
import { inflateRange, MAX_GROWTH } from '../gunzip.js';
import { MAX_FILE_BYTES } from '../limits.js';
import { bytesOf, imageDataFor, type Numbers, numberReader, numbersIn } from '../numbers.js';
import type { ByteSource } from '../source.js';
import { copySlice, isContiguous, type Run, type Slicing } from '../volume.js';
import type { NiftiHeader } from './header.js';

/** What of a file is read. */
export interface Selection {
  readonly header: NiftiHeader;
  /** The volume, counted from 0. */
  readonly volume: number;
  readonly slicing: Slicing;
  readonly isCompressed: boolean;
}

/**
 * Reads the voxels of one volume. Slices that lie whole in a file without compression are read alone. In all other cases
 * the volume is read once, whoever asks while that goes on, and kept as its file has it.
 */
export class Voxels {
  readonly #source: ByteSource;
  readonly #selection: Selection;
  /** Whether the volume is read as a whole. */
  readonly #isKept: boolean;
  #volume: Promise<Numbers> | undefined;

  /** @throws InputError for a volume that would be kept and is too large */
  constructor(source: ByteSource, selection: Selection) {
    this.#source = source;
    this.#selection = selection;
    this.#isKept = selection.isCompressed || !isContiguous(selection.slicing);
    const { header } = selection;
    if (!this.#isKept || header.volumeBytes <= MAX_FILE_BYTES) return;
    const found = `a volume of ${header.what} takes ${header.volumeBytes} bytes`;
    throw new InputError(`${source.name}: too large: ${found}, expected at most ${MAX_FILE_BYTES}; cut it into parts`);
  }

  /** The numbers of neighbouring voxels. */
  async read({ start, length }: Pick<Run, 'start' | 'length'>): Promise<Numbers> {
    const { channels } = this.#selection.header.type;
    if (!this.#isKept) return this.#numbers(start, length);
    this.#volume ??= this.#wholeVolume();
    const numbers = await this.#volume;
    return numbers.subarray(channels * start, channels * (start + length));
  }

  /** Refuses a file whose checksum is wrong; its length was looked at when it was opened. */
  async verify(): Promise<void> {
    const { isCompressed } = this.#selection;
    if (isCompressed) await this.#inflated({ offset: 0, length: 0 });
  }

  async #wholeVolume(): Promise<Numbers> {
    const { sizes } = this.#selection.header;
    try {
      return await this.#numbers(0, sizes[0] * sizes[1] * sizes[2]);
    } catch (error) {
      // Who asks again may find that the file can be read.
      this.#volume = undefined;
      throw error;
    }
  }

  async #numbers(firstVoxel: number, voxels: number): Promise<Numbers> {
    const { header, volume, isCompressed } = this.#selection;
    const { type, start, volumeBytes, isLittleEndian } = header;
    const bytes = type.channels * bytesOf(type.numbers);
    const range = { offset: start + volume * volumeBytes + firstVoxel * bytes, length: voxels * bytes };
    const read = isCompressed
      ? await this.#inflated(range)
      : whole(await this.#source.read(range.offset, range.length), range.length, this.#source.name);
    return numbersIn(read, type.numbers, isLittleEndian, isCompressed);
  }

  #inflated(range: { readonly offset: number; readonly length: number }): Promise<Uint8Array> {
    const { what, totalBytes } = this.#selection.header;
    return inflateRange(this.#source, range, totalBytes, `${what} needs`);
  }
}

/** @throws InputError where a file has become shorter since it was opened */
function whole(bytes: Uint8Array, length: number, name: string): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new InputError(`${name}: truncated NIfTI: ${bytes.length} bytes where ${length} were; copy the file again`);
}

/** @throws InputError for a file that cannot hold what its header says, or holds more */
export function checkLength({ name, size }: ByteSource, header: NiftiHeader, isCompressed: boolean): void {
  const { totalBytes, what } = header;
  if (isCompressed) {
    const most = MAX_GROWTH * size;
    if (totalBytes <= most) return;
    const needs = `${size} bytes of gzip hold at most ${most}, ${what} needs ${totalBytes}`;
    throw new InputError(`${name}: truncated NIfTI: ${needs}; copy the file again`);
  }
  if (size === totalBytes) return;
  const kind = size < totalBytes ? 'truncated' : 'damaged';
  throw new InputError(`${name}: ${kind} NIfTI: ${size} bytes, ${what} needs ${totalBytes}; copy the file again`);
}

/** Whether numbers are scaled. Colours never are. */
function isScaled({ type, slope, inter }: NiftiHeader): boolean {
  return type.channels === 1 && (slope !== 1 || inter !== 0);
}

/** An empty array for the samples of so many pixels as they are read: what is scaled becomes float32. */
export function samplesFor(header: NiftiHeader, pixels: number): ImageData {
  return imageDataFor(isScaled(header) ? 'float32' : header.type.numbers, header.type.channels * pixels);
}

/**
 * Makes a slice of stored numbers: each times the slope, and the intercept more. Colours are never scaled.
 * @param slicing cuts the slice, its only one, out of the numbers
 * @throws InputError that starts with `name` for numbers that are not finite, or that float64 cannot hold exactly
 */
export function decodeSlice(numbers: Numbers, slicing: Slicing, header: NiftiHeader, name: string): Image {
  const { slope, inter, type } = header;
  const { channels } = type;
  const [width, height] = [slicing.columns.length, slicing.rows.length];
  const stored = numberReader(numbers, type.numbers, (value) => {
    throw new InputError(`${name}: a voxel is ${value}, which float64 cannot hold exactly; convert it to int32`);
  });
  const value = isScaled(header) ? (sample: number) => stored(sample) * slope + inter : stored;
  const data = copySlice(slicing, 0, samplesFor(header, width * height), value, channels);
  const image = { width, height, channels, data };
  checkImage(image, name);
  return image;
}
