/**
 * Changes of value: the mask stays. All are measured by the image itself, its mean, its standard deviation, its least and
 * greatest value, over all channels. So they do the same to an image however it is normalised, and need not know how.
 */

import { power, ratio } from '../../base/math.js';
import type { Random } from '../../base/random.js';
import type { Image } from '../../image/image.js';

/** Changes the values of an image in place. @param strength 1 stands for the constants below */
type Intensity = (image: Image<Float32Array>, strength: number, random: Random) => void;

/** At most, in standard deviations of the image. */
const BRIGHTNESS = 0.3;
const NOISE = 0.15;
/** At most: the factor less 1. */
const CONTRAST = 0.25;
const GAMMA = 0.5;
const COLOUR = 0.15;
/** Straight pieces that stand for a gamma curve. */
const PIECES = 256;

export const INTENSITIES = {
  /** A constant is added. */
  brightness: ({ data }, strength, random) => {
    const shift = random.uniform(-1, 1) * BRIGHTNESS * strength * spread(data).deviation;
    for (let i = 0; i < data.length; i++) data[i]! += shift;
  },
  /** The distance from the mean is multiplied. */
  contrast: ({ data }, strength, random) => {
    const gain = ratio(random.uniform(-1, 1) * CONTRAST * strength);
    const { mean } = spread(data);
    for (let i = 0; i < data.length; i++) data[i] = mean + (data[i]! - mean) * gain;
  },
  /** From the least to the greatest value as from 0 to 1, raised to a power: both ends stay. */
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
  /** Each channel is multiplied by a factor of its own, counted from the least value, black; nothing where there is one channel. */
  colour: ({ channels, data }, strength, random) => {
    if (channels === 1) return;
    const gains = Array.from({ length: channels }, () => ratio(random.uniform(-1, 1) * COLOUR * strength));
    const [black] = range(data);
    for (let i = 0; i < data.length; i++) data[i] = black + (data[i]! - black) * gains[i % channels]!;
  },
  /** Normal noise, of a strength that is drawn for the image and independent for each value. */
  noise: ({ data }, strength, random) => {
    const deviation = random.uniform() * NOISE * strength * spread(data).deviation;
    for (let i = 0; i < data.length; i++) data[i]! += deviation * random.normal();
  },
} satisfies Record<string, Intensity>;

/** A copy of the image, changed; where all its values were in [0, 1], as 'range' and 'percentile' leave them, they are again. */
export function withChanges(
  image: Image<Float32Array>,
  change: (copy: Image<Float32Array>) => void,
): Image<Float32Array> {
  const copy = { ...image, data: image.data.slice() };
  const [least, greatest] = range(image.data);
  change(copy);
  if (least < 0 || greatest > 1) return copy;
  const { data } = copy;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(1, Math.max(0, data[i]!));
  return copy;
}

// Indexed: the engine runs `for … of` over these arrays several times as long.

function spread(data: Float32Array): { mean: number; deviation: number } {
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
