/**
 * Changes of intensity, which leave the mask as it is. Each is measured by the image itself: its mean, its standard
 * deviation, its least and greatest value over all channels. So it does the same to an image however that is normalised.
 */

import { power, ratio } from '../../base/math.js';
import type { Random } from '../../base/random.js';
import type { Image } from '../../image/image.js';

/** Changes the values of an image in place. @param strength 1 stands for the constants below */
type Intensity = (image: Image<Float32Array>, strength: number, random: Random) => void;

/** The largest changes, in standard deviations of the image. */
const BRIGHTNESS = 0.3;
const NOISE = 0.15;
/** The largest factors, less 1. */
const CONTRAST = 0.25;
const GAMMA = 0.5;
const COLOUR = 0.15;
/** How many straight segments stand for a gamma curve. */
const PIECES = 256;

export const INTENSITIES = {
  /** Adds a constant. */
  brightness: ({ data }, strength, random) => {
    const shift = random.uniform(-1, 1) * BRIGHTNESS * strength * moments(data).deviation;
    for (let i = 0; i < data.length; i++) data[i]! += shift;
  },
  /** Multiplies the distance from the mean. */
  contrast: ({ data }, strength, random) => {
    const gain = ratio(random.uniform(-1, 1) * CONTRAST * strength);
    const { mean } = moments(data);
    for (let i = 0; i < data.length; i++) data[i] = mean + (data[i]! - mean) * gain;
  },
  /** Raises the values to a power, with the least as 0 and the greatest as 1: both ends stay. */
  gamma: ({ data }, strength, random) => {
    const exponent = ratio(random.uniform(-1, 1) * GAMMA * strength);
    const [least, greatest] = range(data);
    if (least === greatest) return;
    const curve = Float64Array.from({ length: PIECES + 1 }, (_, k) => (k === 0 ? 0 : power(k / PIECES, exponent)));
    for (let i = 0; i < data.length; i++) {
      const at = ((data[i]! - least) / (greatest - least)) * PIECES;
      const k = Math.min(Math.floor(at), PIECES - 1);
      const share = curve[k]! + (curve[k + 1]! - curve[k]!) * (at - k);
      data[i] = least + (greatest - least) * share;
    }
  },
  /** Multiplies each channel by a factor of its own, counted from the least value, black; one channel stays as it is. */
  colour: ({ channels, data }, strength, random) => {
    if (channels === 1) return;
    const gains = Array.from({ length: channels }, () => ratio(random.uniform(-1, 1) * COLOUR * strength));
    const [black] = range(data);
    for (let i = 0; i < data.length; i++) data[i] = black + (data[i]! - black) * gains[i % channels]!;
  },
  /** Adds normal noise, independent for each value, of a strength that is drawn for the image. */
  noise: ({ data }, strength, random) => {
    const deviation = random.uniform() * NOISE * strength * moments(data).deviation;
    for (let i = 0; i < data.length; i++) data[i]! += deviation * random.normal();
  },
} satisfies Record<string, Intensity>;

/**
 * Returns a changed copy of the image. Values that were in [0, 1], as 'range' and 'percentile' leave them, stay there.
 * @param origin the image that it is a part of, whose values count
 */
export function withChanges(
  image: Image<Float32Array>,
  change: (copy: Image<Float32Array>) => void,
  origin: Image<Float32Array> = image,
): Image<Float32Array> {
  const copy = { ...image, data: image.data.slice() };
  const [least, greatest] = range(origin.data);
  change(copy);
  if (least < 0 || greatest > 1) return copy;
  const { data } = copy;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(1, Math.max(0, data[i]!));
  return copy;
}

// Indexed: the engine runs `for … of` over these arrays several times as long.

function moments(data: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  const mean = sum / data.length;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i]! - mean) * (data[i]! - mean);
  return { mean, deviation: Math.sqrt(squares / data.length) };
}

function range(data: Float32Array): [least: number, greatest: number] {
  let least = data[0]!;
  let greatest = least;
  for (let i = 1; i < data.length; i++) {
    if (data[i]! < least) least = data[i]!;
    else if (data[i]! > greatest) greatest = data[i]!;
  }
  return [least, greatest];
}
