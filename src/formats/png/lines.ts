/**
 * The lines of a PNG's inflated pixel data: each is one byte for its filter and its samples, padded to whole bytes (W3C
 * PNG specification, third edition, 7 to 9).
 */
import { InputError } from '../../base/errors.js';
import type { PngHeader } from './header.js';

/** Column and row where each of the seven passes of Adam7 starts, and its steps. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A part of the pixels that is stored as an image of its own: all of them, or those of one pass. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly columns: number;
  readonly rows: number;
  /** Bytes of a line without its filter. */
  readonly lineBytes: number;
}

/** The passes that hold a pixel, in their order. */
function passesOf({ width, height, depth, channels, interlaced }: PngHeader): Pass[] {
  return (interlaced ? ADAM7 : [[0, 0, 1, 1] as const])
    .map(([x, y, dx, dy]) => {
      const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
      return { x, y, dx, dy, columns, rows, lineBytes: Math.ceil((columns * channels * depth) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Bytes of the inflated pixel data. */
export function pixelBytes(header: PngHeader): number {
  return passesOf(header).reduce((sum, { rows, lineBytes }) => sum + rows * (1 + lineBytes), 0);
}

/**
 * The samples of all lines without filters, in the order of the pixels, each line in whole bytes. It works in the memory
 * of `data`.
 * @param data of `pixelBytes(header)`; where lines are interlaced, samples are whole bytes
 * @throws InputError that starts with `name` on a filter that does not exist
 */
export function unfilterLines(data: Uint8Array, header: PngHeader, name: string): Uint8Array {
  const { width, height, depth, channels, interlaced } = header;
  const pixel = Math.max(1, (channels * depth) / 8);
  const passes = passesOf(header);
  let from = 0;
  let to = 0;
  for (const { rows, lineBytes } of passes) {
    for (let row = 0; row < rows; row++) {
      if (data[from]! > 4) {
        throw new InputError(`${name}: damaged PNG: Unsupported filter: ${data[from]}; copy the file again`);
      }
      unfilter(data, from, to, lineBytes, pixel, row === 0);
      from += 1 + lineBytes;
      to += lineBytes;
    }
  }
  if (!interlaced) return data.subarray(0, to);

  const pixels = new Uint8Array(width * height * pixel);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of passes) {
    for (let row = 0; row < rows; row++) {
      let start = ((y + row * dy) * width + x) * pixel;
      for (let column = 0; column < columns; column++, start += dx * pixel) {
        for (let k = 0; k < pixel; k++) pixels[start + k] = data[at++]!;
      }
    }
  }
  return pixels;
}

/** Moves one line from `from`, where its filter stands, to `to`, which comes before it and right after the line above. */
function unfilter(data: Uint8Array, from: number, to: number, length: number, pixel: number, isFirst: boolean): void {
  const filter = data[from];
  data.copyWithin(to, from + 1, from + 1 + length);
  // The byte to the left, the one above and the one above that to the left are 0 where there is none.
  const [second, end] = [to + pixel, to + length];
  if (filter === 1 || (filter === 4 && isFirst)) {
    for (let i = second; i < end; i++) data[i]! += data[i - pixel]!;
  } else if (filter === 2 && !isFirst) {
    for (let i = to; i < end; i++) data[i]! += data[i - length]!;
  } else if (filter === 3) {
    for (let i = to; i < end; i++) {
      const left = i < second ? 0 : data[i - pixel]!;
      data[i]! += (left + (isFirst ? 0 : data[i - length]!)) >> 1;
    }
  } else if (filter === 4) {
    for (let i = to; i < second; i++) data[i]! += data[i - length]!;
    for (let i = second; i < end; i++)
      data[i]! += paeth(data[i - pixel]!, data[i - length]!, data[i - length - pixel]!);
  }
}

/** The one of the three that is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const a = Math.abs(above - corner);
  const b = Math.abs(left - corner);
  const c = Math.abs(left + above - 2 * corner);
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
