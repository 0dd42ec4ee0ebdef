/** The single objects of a mask: numbered, and measured. */
import { InputError } from '../base/errors.js';
import { grouped } from '../base/quantities.js';
import { type Box, boxesOf, type Components, components } from '../image/components.js';
import type { Size } from '../image/frame.js';
import type { Image } from '../image/image.js';
import { eachMeeting, type Runs, runsOf } from '../image/runs.js';
import { type MaskRule, masksOf } from './masks.js';
import type { Bands } from './own-size.js';
import { type Prediction, toMask } from './prediction.js';

/** An object: pixels of one class that touch, corners included. Positions are in pixels from the first one, (0, 0). */
export interface Instance {
  /** Its value in the label image: 1, 2, …, in the raster order of the first pixels. */
  readonly label: number;
  /** Its value in the mask. */
  readonly class: number;
  /** Its area in pixels. */
  readonly area: number;
  /** The mean of the positions of its pixels. */
  readonly centroid: { readonly x: number; readonly y: number };
  readonly box: Box;
  /** The mean probability of its class over its pixels, without those that the postprocessing has filled in. */
  readonly probability: number;
}

/** A mask with the objects in it. */
export interface Instances {
  readonly mask: Image<Uint8Array>;
  /** The objects by their labels. */
  readonly instances: readonly Instance[];
  /**
   * Makes an image of the label of the object that each pixel belongs to; 0 is the background.
   * @throws InputError for more than `MAX_INSTANCES` objects
   */
  labels(): Image<Uint16Array>;
}

/** The most objects that a label image of 16 bits can hold. */
export const MAX_INSTANCES = 65_535;

/**
 * Makes a mask as `masksOf` does, and finds the objects in it.
 * @param bands the bands of one output
 */
export async function instancesOf(bands: Bands, size: Size, rule: MaskRule): Promise<Instances> {
  const sums = new ProbabilitySums(rule.threshold);
  const [mask] = await masksOf(sums.along(bands), size, [rule]);
  const runs = runsOf(mask!);
  const objects = components(runs, 8);
  return {
    mask: mask!,
    instances: measured(runs, objects, sums.means(runs, objects)),
    labels: () => labelsOf(runs, objects),
  };
}

/** @throws InputError that begins with `name`, for more objects than a label image holds */
export function requireLabels(count: number, name: string): void {
  if (count <= MAX_INSTANCES) return;
  const most = `a label image of 16 bits holds ${grouped(MAX_INSTANCES)}`;
  throw new InputError(
    `${name}: ${grouped(count)} objects, ${most}; remove small ones by a postprocessing, or cut the image into parts`,
  );
}

function labelsOf(runs: Runs, { count, of }: Components): Image<Uint16Array> {
  requireLabels(count, 'labels');
  const { width, height, rows, starts, ends } = runs;
  const data = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let i = rows[y]!; i < rows[y + 1]!; i++) data.fill(of[i]! + 1, y * width + starts[i]!, y * width + ends[i]!);
  }
  return { width, height, channels: 1, data };
}

function measured(runs: Runs, objects: Components, means: Float64Array): Instance[] {
  const { count, of, areas, values } = objects;
  const { height, rows, starts, ends } = runs;
  const [sumsX, sumsY] = [new Float64Array(count), new Float64Array(count)];
  for (let v = 0; v < height; v++) {
    for (let i = rows[v]!; i < rows[v + 1]!; i++) {
      const [start, end, object] = [starts[i]!, ends[i]!, of[i]!];
      // Twice the sum of start, …, end - 1, so that it is whole.
      sumsX[object]! += (end - start) * (start + end - 1);
      sumsY[object]! += (end - start) * v;
    }
  }
  return boxesOf(runs, objects).map((box, k) => ({
    label: k + 1,
    class: values[k]!,
    area: areas[k]!,
    centroid: { x: sumsX[k]! / 2 / areas[k]!, y: sumsY[k]! / areas[k]! },
    box,
    probability: means[k]!,
  }));
}

/**
 * The probabilities of the runs of a mask, summed while the bands go by: an object is known when the mask is complete, and
 * then it consists of whole runs, beside what was filled in.
 */
class ProbabilitySums {
  readonly #bands: { readonly top: number; readonly runs: Runs; readonly sums: Float64Array }[] = [];

  constructor(readonly threshold: number) {}

  /** Passes bands on, and sums what they hold. */
  async *along(bands: Bands): AsyncGenerator<readonly Prediction[], void, void> {
    let top = 0;
    for await (const band of bands) {
      const [prediction] = band;
      const runs = runsOf(toMask(prediction!, this.threshold));
      this.#bands.push({ top, runs, sums: sumsOf(runs, prediction!) });
      top += prediction!.height;
      yield band;
    }
  }

  /** The mean probability of each object; `runs` are those of the finished mask. */
  means(runs: Runs, { count, of }: Components): Float64Array {
    const [sums, pixels] = [new Float64Array(count), new Float64Array(count)];
    for (const { top, runs: raw, sums: rawSums } of this.#bands) {
      const add = (i: number, j: number) => {
        // What was removed from another class may have been filled in.
        if (raw.values[j] !== runs.values[i]) return;
        sums[of[i]!]! += rawSums[j]!;
        pixels[of[i]!]! += raw.ends[j]! - raw.starts[j]!;
      };
      eachMeeting(runs, raw, add, { shift: top });
    }
    return sums.map((sum, k) => sum / pixels[k]!);
  }
}

/** The sum of the probability of its class over the pixels of each run. */
function sumsOf({ width, height, rows, starts, ends, values }: Runs, { classes, probs }: Prediction): Float64Array {
  const sums = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let i = rows[y]!; i < rows[y + 1]!; i++) {
      // With one class, its only channel is that of the foreground.
      const channel = classes === 1 ? 0 : values[i]!;
      for (let x = starts[i]!; x < ends[i]!; x++) sums[i]! += probs[(y * width + x) * classes + channel]!;
    }
  }
  return sums;
}
