/** The orientation that a camera notes in a JPEG file (Exif 2.32, 4.6.4): how the stored picture is turned to stand upright. */
import type { Image } from '../../image/image.js';

/** 1 to 8: where the first row and the first column of the stored picture belong. 1 is upright. */
export type Orientation = number;

const ORIENTATION_TAG = 0x112;
const SHORT = 3;

/**
 * Reads the orientation from the data of an APP1 segment.
 * @returns undefined where the segment is no Exif, or says nothing that is valid
 */
export function exifOrientation(data: Uint8Array): Orientation | undefined {
  if (String.fromCharCode(...data.subarray(0, 6)) !== 'Exif\0\0' || data.length < 14) return undefined;
  const view = new DataView(data.buffer, data.byteOffset + 6, data.length - 6);
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return undefined;
  const count = view.getUint16(directory, isLittle);
  for (let at = directory + 2; at < directory + 2 + 12 * count && at + 12 <= view.byteLength; at += 12) {
    if (view.getUint16(at, isLittle) !== ORIENTATION_TAG || view.getUint16(at + 2, isLittle) !== SHORT) continue;
    const orientation = view.getUint16(at + 8, isLittle);
    return orientation >= 1 && orientation <= 8 ? orientation : undefined;
  }
  return undefined;
}

/** Whether rows become columns. */
export function isTurned(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** Turns a stored picture upright. */
export function upright(image: Image<Uint8Array>, orientation: Orientation): Image<Uint8Array> {
  if (orientation === 1) return image;
  const { width, height, channels, data } = image;
  const [w, h] = isTurned(orientation) ? [height, width] : [width, height];
  const turned = new Uint8Array(data.length);
  // 2, 3, 7, 8 run from the right; 3, 4, 6, 7 from below, as seen in the stored picture.
  const isFromRight = [2, 3, 7, 8].includes(orientation);
  const isFromBelow = [3, 4, 6, 7].includes(orientation);
  let to = 0;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [column, row] = isTurned(orientation) ? [y, x] : [x, y];
      const fromX = isFromRight ? width - 1 - column : column;
      const fromY = isFromBelow ? height - 1 - row : row;
      let from = (fromY * width + fromX) * channels;
      for (let c = 0; c < channels; c++) turned[to++] = data[from++]!;
    }
  }
  return { width: w, height: h, channels, data: turned };
}
