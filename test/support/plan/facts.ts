/** Facts on data sets that nobody has to make: those of 96x96 RGB images, with what differs. */
import type { DataFacts } from '../../../src/plan/facts.js';

const square = (side: number) => ({ width: side, height: side });

/** The sizes of images that all have `width` x `height` pixels. */
export function sized(width: number, height = width): Pick<DataFacts, 'sizes' | 'square' | 'meanPixels'> {
  const size = { width, height };
  return {
    sizes: { smallest: size, median: size, largest: size },
    square: width === height,
    meanPixels: width * height,
  };
}

export function factsOf(different: Partial<DataFacts> = {}): DataFacts {
  return {
    images: { train: 536, validation: 134, test: 0 },
    patients: null,
    channels: 3,
    classes: 1,
    ...sized(96),
    looked: 64,
    bits: 8,
    contrast: 0.6,
    spacing: null,
    shares: [0.85, 0.15],
    empty: 0,
    objectSide: 16,
    ...different,
  };
}

/** The sizes of images of different sides, all of them square. */
export function between(smallest: number, median: number, largest: number): Pick<DataFacts, 'sizes' | 'meanPixels'> {
  const [least, middle, most] = [smallest, median, largest].map(square);
  return { sizes: { smallest: least!, median: middle!, largest: most! }, meanPixels: median * median };
}
