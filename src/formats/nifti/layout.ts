/** The layout of the headers of NIfTI-1 and NIfTI-2: where the fields lie that are recognised, read or set anew here. */

/** Positions in bytes. Fields of one row are one after the other. */
export interface Layout {
  readonly version: 1 | 2;
  /** The length of the header, which is its first field, too. */
  readonly length: number;
  /** Where voxels begin at the earliest: the header and four bytes that say whether extensions follow. */
  readonly voxels: number;
  readonly magic: number;
  /** The number of dimensions and the seven sizes: 16 bits each, or 64 in NIfTI-2. */
  readonly dim: number;
  /** The code of the type, then its bits, of 16 bits each. */
  readonly type: number;
  /** The sizes of voxels: eight floats, of which the first is 1 or -1, see affine.ts. */
  readonly pixdim: number;
  /** Where the voxels begin: float32, or 64 bits in NIfTI-2. */
  readonly offset: number;
  /** The slope, the intercept, and the two ends of the display, floats of 32 bits, or 64 in NIfTI-2. */
  readonly scaling: readonly [slope: number, inter: number, calMax: number, calMin: number];
  /** A text of 80 bytes. */
  readonly description: number;
  /** What the numbers mean: three floats, a code of 16 bits, or 32 in NIfTI-2, and a text of 16 bytes. */
  readonly intent: readonly [parameters: number, code: number, name: number];
  /** The code of the sform: 16 bits, or 32 in NIfTI-2. */
  readonly sformCode: number;
  /** The affine map: three rows of four floats. */
  readonly rows: number;
  /** The unit of all lengths: a byte, or 32 bits in NIfTI-2. */
  readonly units: number;
}

export const NIFTI_1: Layout = {
  version: 1,
  length: 348,
  voxels: 352,
  magic: 344,
  dim: 40,
  type: 70,
  pixdim: 76,
  offset: 108,
  scaling: [112, 116, 124, 128],
  description: 148,
  intent: [56, 68, 328],
  sformCode: 254,
  rows: 280,
  units: 123,
};

export const NIFTI_2: Layout = {
  version: 2,
  length: 540,
  voxels: 544,
  magic: 4,
  dim: 16,
  type: 12,
  pixdim: 104,
  offset: 168,
  scaling: [176, 184, 192, 200],
  description: 240,
  intent: [80, 504, 508],
  sformCode: 348,
  rows: 400,
  units: 500,
};

/** Sets fields that are wider in NIfTI-2, one after the other: sizes of 16 bits or 64, floats of 32 bits or 64. */
export function fieldSetter(bytes: Uint8Array, { version }: Layout, isLittle: boolean) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = version === 1;
  return {
    setSizes(at: number, values: readonly number[]): void {
      for (const [k, value] of values.entries()) {
        if (isFirst) view.setInt16(at + 2 * k, value, isLittle);
        else view.setBigInt64(at + 8 * k, BigInt(value), isLittle);
      }
    },
    setFloats(at: number, values: readonly number[]): void {
      for (const [k, value] of values.entries()) {
        if (isFirst) view.setFloat32(at + 4 * k, value, isLittle);
        else view.setFloat64(at + 8 * k, value, isLittle);
      }
    },
  };
}

/** The layout of a file that begins like this, and whether it is one file or the header of a pair; undefined for others. */
export function layoutOf(start: Uint8Array): { readonly layout: Layout; readonly isPair: boolean } | undefined {
  for (const layout of [NIFTI_1, NIFTI_2]) {
    const { magic, version } = layout;
    for (const letter of ['+', 'i']) {
      const expected = `n${letter}${version}\0`;
      const isMagic = Array.from(expected).every((char, i) => start[magic + i] === char.charCodeAt(0));
      // The magic of NIfTI-2 is near the beginning, where others may have it by chance.
      if (isMagic && (version === 1 || isLittleEndian(start, layout) !== undefined)) {
        return { layout, isPair: letter === 'i' };
      }
    }
  }
  return undefined;
}

/** The order of the bytes by the first field, the length of the header; undefined where it is neither way. */
export function isLittleEndian(start: Uint8Array, { length }: Layout): boolean | undefined {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const orders = [true, false].filter((isLittle) => view.getInt32(0, isLittle) === length);
  return orders[0];
}
