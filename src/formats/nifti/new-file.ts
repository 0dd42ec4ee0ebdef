/** NIfTI files of images of another format: a header that says of the image what the other format knows of it. */
import type { ImageHeader, ResultFormat } from '../format.js';
import { sliced } from '../volume.js';
import { fieldSetter, NIFTI_1, NIFTI_2 } from './layout.js';
import { resultsBeside } from './results.js';

/** Sizes of NIfTI-1 have 16 bits and a sign. */
const MOST_IN_NIFTI_1 = 32767;
const MILLIMETRES = 2;
/** The code of an affine map that is the scanner's. */
const OF_SCANNER = 1;

/**
 * Writes slices as a file in gzip that lies where they do. Where it is not known where they lie, nothing is said of it but
 * how far apart pixels and slices are, and that is 1 where it is not known.
 */
export function niftiFile({ width, height, slices, spacing, sliceSpacing, affine }: ImageHeader): ResultFormat {
  const sizes = [width, height, slices] as const;
  const layout = Math.max(...sizes) > MOST_IN_NIFTI_1 ? NIFTI_2 : NIFTI_1;
  const bytes = new Uint8Array(layout.length);
  const { setFloats } = fieldSetter(bytes, layout, true);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, layout.length, true);
  // The end of the magic of NIfTI-2 shows whether ends of lines have been changed, as in PNG.
  bytes.set(new TextEncoder().encode(layout.version === 1 ? 'n+1\0' : 'n+2\0\r\n\x1a\n'), layout.magic);
  const [down, across] = spacing ?? [1, 1];
  // Slices of an unknown distance are not nearer to each other than pixels, so that they stay slices for who reads them.
  setFloats(layout.pixdim, [1, across, down, sliceSpacing ?? Math.max(1, down, across), 1, 1, 1, 1]);
  if (spacing) bytes[layout.units] = MILLIMETRES;
  if (affine) {
    view.setInt16(layout.sformCode, OF_SCANNER, true);
    setFloats(layout.rows, affine.flat());
  }
  // Where nothing is said, columns are taken to run to the left and rows to the front, which is shown as upwards.
  const upwards = affine ? -1 : 1;
  const slicing = sliced(
    {
      sizes,
      affine: [
        [-1, 0, 0, 0],
        [0, upwards, 0, 0],
        [0, 0, 1, 0],
      ],
    },
    'axial',
  );
  const dimensions = slices > 1 || affine ? 3 : 2;
  return resultsBeside({
    header: { bytes, layout, isLittleEndian: true, sizes, dimensions },
    slicing,
    isCompressed: true,
  });
}
