/**
 * Undoes the differences that are taken before compression (TIFF 6.0, section 14, and Adobe's technical note 3), in the
 * order of bytes of the file.
 */

/** How the rows of a block are made. */
export interface Rows {
  readonly rows: number;
  readonly rowBytes: number;
  /** The samples of a pixel that are stored together. */
  readonly step: number;
  readonly bits: number;
  readonly littleEndian: boolean;
}

/** Predictor 2: each sample is the difference to that of the pixel before it. It works in the memory of `bytes`. */
export function undoDifferences(bytes: Uint8Array, { rows, rowBytes, step, bits, littleEndian: little }: Rows): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bits / 8;
  const pixel = step * size;
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * rowBytes;
    for (let at = row * rowBytes + pixel; at < end; at += size) {
      if (size === 1) bytes[at]! += bytes[at - pixel]!;
      else if (size === 2) view.setUint16(at, view.getUint16(at, little) + view.getUint16(at - pixel, little), little);
      else if (size === 4) view.setUint32(at, view.getUint32(at, little) + view.getUint32(at - pixel, little), little);
      else view.setBigUint64(at, view.getBigUint64(at, little) + view.getBigUint64(at - pixel, little), little);
    }
  }
}

/**
 * Predictor 3, of floating point: the bytes of a row stand by their weight, the highest of all samples first, and each is
 * the difference to that of the pixel before it. It works in the memory of `bytes`.
 */
export function undoFloatDifferences(bytes: Uint8Array, { rows, rowBytes, step, bits, littleEndian }: Rows): void {
  const size = bits / 8;
  const samples = rowBytes / size;
  const planes = new Uint8Array(rowBytes);
  for (let row = 0; row < rows; row++) {
    const start = row * rowBytes;
    for (let at = start + step; at < start + rowBytes; at++) bytes[at]! += bytes[at - step]!;
    planes.set(bytes.subarray(start, start + rowBytes));
    for (let k = 0; k < samples; k++) {
      for (let weight = 0; weight < size; weight++) {
        const place = littleEndian ? size - 1 - weight : weight;
        bytes[start + k * size + place] = planes[weight * samples + k]!;
      }
    }
  }
}
