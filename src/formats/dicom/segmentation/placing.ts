/** A segmentation over the image that it is of: its frames are put onto the slices of the image. */
import { InputError } from '../../../base/errors.js';
import type { Frame } from '../frame-list.js';
import { difference, isParallel, type Place } from '../geometry.js';
import { UNSCALED } from '../samples.js';
import type { SliceFrame } from '../slices.js';
import { frameKey, type Segmentation, type SegmentFrame } from './segments.js';

/** How far apart first pixels of the same frame may be, in millimetres: writers round differently. */
const SAME_PLACE = 0.05;

/**
 * The labels of each frame of an image, 0 where the segmentation has nothing. Its own frames may come in any order; those
 * of slices without a segment may be left out.
 * @param name the image's, for errors
 * @throws InputError for a segmentation of other slices, or of another size
 */
export function labelFrames(segmentation: Segmentation, frames: readonly Frame[], name: string): SliceFrame[] {
  const { format } = frames[0]!.pixels;
  const { width, height } = segmentation.pixels.format;
  if (width !== format.width || height !== format.height) {
    const sizes = `its frames are ${width}x${height}, those of ${name} ${format.width}x${format.height}`;
    throw new InputError(`${segmentation.name}: ${sizes}; a segmentation must have the size of its image`);
  }
  const known = new Map(
    frames.map(({ pixels, index }, k) => [frameKey(pixels.file.dataset.text('00080018') ?? '', index), k]),
  );
  const shown: SegmentFrame[][] = frames.map(() => []);
  for (const each of segmentation.frames) shown[frameUnder(each, frames, known, segmentation.name, name)]!.push(each);
  const stored = (index: number) => segmentation.labels(shown[index]!);
  const pixels = {
    format: { ...format, bits: 8, storedBits: 8, highBit: 7, kind: 'unsigned', colours: 'grey' } as const,
    stored,
    image: async (index: number) => ({ width, height, channels: 1, data: await stored(index) }),
  };
  return frames.map(({ spacing }, index) => ({ pixels, index, spacing, scale: UNSCALED }));
}

/** The number of the frame that one of a segmentation is of: the one that it refers to, else the one at its position. */
function frameUnder(
  { index, place, sources }: SegmentFrame,
  frames: readonly Frame[],
  known: ReadonlyMap<string, number>,
  segmentation: string,
  name: string,
): number {
  const referred = new Set(sources.flatMap((key) => known.get(key) ?? []));
  const [only] = referred;
  if (only !== undefined && referred.size === 1) {
    const under = frames[only]!.place;
    if (!place || !under || isSamePlace(place, under)) return only;
    const what = `frame ${index + 1} lies elsewhere than slice ${only + 1} of ${name}, to which it refers`;
    throw new InputError(`${segmentation}: ${what}; resample it to the pixels of the image`);
  }
  const at = place ? frames.findIndex((frame) => frame.place && isSamePlace(place, frame.place)) : -1;
  if (at >= 0) return at;
  const what = `frame ${index + 1} refers to no slice of ${name}, and lies on none`;
  throw new InputError(`${segmentation}: ${what}; give the segmentation of this image`);
}

function isSamePlace(a: Place, b: Place): boolean {
  return isParallel(a, b) && Math.hypot(...difference(a.position, b.position)) < SAME_PLACE;
}
