/** Resizing of images and masks, averaged over the area where they shrink. */
import type { Image, ImageData } from './image.js';

/** The weights of one output position: input positions `first`, `first + 1`, ... */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Resizes with a triangle filter whose support grows with the reduction, so that shrinking averages instead of skipping
 * (Pillow's BILINEAR, PyTorch's `interpolate(mode='bilinear', antialias=True)`). Rows then columns, sums in float64.
 * An axis that keeps its length is not touched: equal sizes give the same values, bit for bit.
 */
export function resizeImage(image: Image, width: number, height: number): Image<Float32Array> {
  const [whole] = resizedBands(image, width, height, height);
  return whole!;
}

/**
 * Resizes as `resizeImage` does, to the same bits, and gives the result from top to bottom in bands of `rows` rows, the
 * last of which may be lower: an image that is enlarged a lot need never be there as a whole.
 */
export function* resizedBands(
  image: Image,
  width: number,
  height: number,
  rows: number,
): Generator<Image<Float32Array>, void, void> {
  const { channels } = image;
  // One type of array is several times as fast; where the image shrinks, a copy of it would take too much memory.
  const source = width * height > image.width * image.height ? new Float64Array(image.data) : image.data;
  const wide = resample(source, image.height, image.width, channels, triangleTaps(image.width, width));
  const taps = triangleTaps(image.height, height);
  const length = width * channels;
  for (let y = 0; y < height; y += rows) {
    const end = Math.min(y + rows, height);
    const band = taps
      ? resample(wide, 1, image.height, length, taps.slice(y, end))
      : wide.subarray(y * length, end * length);
    yield { width, height: end - y, channels, data: new Float32Array(band) };
  }
}

/**
 * Resizes a mask by the majority of the area: an output pixel gets the class that covers most of its rectangle in the
 * input, of equals the highest, so that in a mask of 0 and 1 half is enough. Nearest neighbour would keep or lose a thin
 * structure by chance; this decides by what is there. Exact integer arithmetic; equal sizes and whole-number
 * enlargements repeat the input.
 */
export function resizeMask(mask: Image<Uint8Array>, width: number, height: number): Image<Uint8Array> {
  const [columns, rows] = [areaTaps(mask.width, width), areaTaps(mask.height, height)];
  const data = new Uint8Array(width * height);
  const most = new Float64Array(width * height);
  for (const label of [...new Set(mask.data)].sort((a, b) => a - b)) {
    const inside = mask.data.map((value) => Number(value === label));
    const area = resample(resample(inside, mask.height, mask.width, 1, columns), 1, mask.height, width, rows);
    for (let i = 0; i < data.length; i++) {
      if (area[i]! < most[i]!) continue;
      most[i] = area[i]!;
      data[i] = label;
    }
  }
  return { width, height, channels: 1, data };
}

/** Applies `taps` along the middle axis of `data` seen as [outer, length, inner]. */
function resample(
  data: ImageData | Float64Array,
  outer: number,
  length: number,
  inner: number,
  taps: readonly Taps[] | undefined,
): ImageData | Float64Array {
  if (!taps) return data;
  const result = new Float64Array(outer * taps.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const { first, weights } of taps) {
      let from = (o * length + first) * inner;
      for (let k = 0; k < weights.length; k++) {
        const weight = weights[k]!;
        for (let i = 0; i < inner; i++) result[at + i]! += weight * data[from++]!;
      }
      at += inner;
    }
  }
  return result;
}

/** A triangle around each output centre, half as wide as an input pixel or, when shrinking, an output pixel is apart. */
function triangleTaps(from: number, to: number): Taps[] | undefined {
  if (from === to) return undefined;
  const scale = from / to;
  const reach = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    const weights = range(first, end).map((j) => Math.max(0, 1 - Math.abs(j + 0.5 - centre) / reach));
    const sum = weights.reduce((a, b) => a + b);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** How much of each input pixel an output pixel covers, in units of 1 / `to` of an input pixel: whole numbers. */
function areaTaps(from: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, i) => {
    const first = Math.floor((i * from) / to);
    const end = Math.ceil(((i + 1) * from) / to);
    const weights = range(first, end).map((j) => Math.min((j + 1) * to, (i + 1) * from) - Math.max(j * to, i * from));
    return { first, weights };
  });
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
