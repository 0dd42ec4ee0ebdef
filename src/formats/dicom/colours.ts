/** Colours of DICOM as RGB: palettes, planes, and luma with colour differences (YBR). */
import { InputError } from '../../base/errors.js';
import type { DataSet } from './dataset.js';
import type { PixelFormat } from './pixel-format.js';
import type { Samples } from './samples.js';

/** The colours of a palette, and the stored value that the first is for. */
export interface Palette {
  readonly first: number;
  /** Red, green and blue of each entry. */
  readonly colours: Uint8Array | Uint16Array;
}

/** @throws InputError for a palette that is missing, in segments, or of another length than it says */
export function paletteOf(dataset: DataSet, { kind, name }: { kind: PixelFormat['kind']; name: string }): Palette {
  const channels = ['1', '2', '3'].map((last) => {
    const [entries, first, bits] = dataset.numbers(`0028110${last}`, 'US');
    const value = dataset.elements.get(`0028120${last}`)?.value;
    if (entries === undefined || first === undefined || value === undefined) {
      const isSegmented = dataset.elements.has(`0028122${last}`);
      const what = isSegmented ? 'a palette in segments, which is not read' : 'PALETTE COLOR without a palette';
      throw new InputError(`${name}: holds ${what}; convert it to RGB with gdcmconv`);
    }
    const count = entries === 0 ? 65_536 : entries;
    const size = value.length >= 2 * count ? 2 : 1;
    if ((bits !== 8 && bits !== 16) || value.length < count || (bits === 16 && size === 1)) {
      const found = `a palette of ${count} entries of ${bits} bits in ${value.length} bytes`;
      throw new InputError(`${name}: damaged DICOM: ${found}; export it again`);
    }
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const at = (k: number) => (size === 1 ? value[k]! : view.getUint16(2 * k, !dataset.isBigEndian));
    return { count, first: kind === 'signed' ? (first << 16) >> 16 : first, bits, at };
  });
  const [{ count, first, bits }] = channels as [(typeof channels)[0], ...typeof channels];
  if (channels.some((other) => other.count !== count || other.first !== first || other.bits !== bits)) {
    throw new InputError(
      `${name}: damaged DICOM: red, green and blue of its palette differ in length; export it again`,
    );
  }
  const colours = bits === 8 ? new Uint8Array(3 * count) : new Uint16Array(3 * count);
  for (let k = 0; k < count; k++) for (let c = 0; c < 3; c++) colours[3 * k + c] = channels[c]!.at(k);
  return { first, colours };
}

/** The colours of palette indices; indices before the first entry and behind the last have its colour. */
export function colourOf(indices: Samples, { first, colours }: Palette): Uint8Array | Uint16Array {
  const last = colours.length / 3 - 1;
  const rgb = colours instanceof Uint8Array ? new Uint8Array(3 * indices.length) : new Uint16Array(3 * indices.length);
  for (let i = 0; i < indices.length; i++) {
    const entry = 3 * Math.min(last, Math.max(0, indices[i]! - first));
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = colours[entry + c]!;
  }
  return rgb;
}

/** Samples pixel by pixel of a frame that has them plane by plane. */
export function interleaved<T extends Samples>(planes: T): T {
  const pixels = planes.length / 3;
  const result = planes.slice() as T;
  for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) result[3 * i + c] = planes[c * pixels + i]!;
  return result;
}

/** Two pixels of YBR_FULL_422 are Y, Y, Cb, Cr; gives each its own Cb and Cr. */
export function expand422(pairs: Uint8Array): Uint8Array {
  const ybr = new Uint8Array((pairs.length / 2) * 3);
  for (let from = 0, to = 0; from < pairs.length; from += 4, to += 6) {
    const [first, second, blue, red] = pairs.subarray(from, from + 4);
    ybr.set([first!, blue!, red!, second!, blue!, red!], to);
  }
  return ybr;
}

/** RGB of YBR_FULL (PS3.3, C.7.6.3.1.2), in place: the inverse of Rec. 601 with its whole range. */
export function ybrToRgb(data: Uint8Array): Uint8Array {
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [y, blue, red] = [data[i]!, data[i + 1]! - 128, data[i + 2]! - 128];
    clamped[i] = y + 1.402 * red;
    clamped[i + 1] = y - 0.344136 * blue - 0.714136 * red;
    clamped[i + 2] = y + 1.772 * blue;
  }
  return data;
}
