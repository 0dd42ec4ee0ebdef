/** What is done before and after the network, in BioImage.IO's steps: the normalisation and the threshold of a model. */
import type { ImageData } from '../../image/image.js';
import { type Normalisation, PERCENTILES, windowOf } from '../../image/normalise.js';
import type { Step } from './description.js';

/** All axes of an image: a normalisation changes all of its channels alike. */
const WHOLE_IMAGE = ['channel', 'y', 'x'];

/** What is added to a denominator: less than any step between the values of an image, and float32 knows it. */
const EPSILON = 1e-6;

const TO_UNIT: Step = { id: 'clip', kwargs: { min: 0, max: 1 } };

/**
 * The steps that bring an image to the values that the network reads.
 * @param samples the type of the values: 'range' divides whole ones by the largest that there is
 */
export function preprocessingSteps(how: Normalisation, samples: ImageData): readonly Step[] {
  // Without the last step, readers cast the values back to the type that the package takes.
  return [...normalisationSteps(how, samples), ensureType('float32')];
}

function normalisationSteps(how: Normalisation, samples: ImageData): readonly Step[] {
  const window = windowOf(how);
  if (window) {
    const { centre, width } = window;
    return [{ id: 'scale_linear', kwargs: { gain: 1 / width, offset: 0.5 - centre / width } }, TO_UNIT];
  }
  if (how === 'percentile') {
    const [low, high] = PERCENTILES;
    const percentiles = { min_percentile: 100 * low, max_percentile: 100 * high };
    return [{ id: 'scale_range', kwargs: { axes: WHOLE_IMAGE, ...percentiles, eps: EPSILON } }, TO_UNIT];
  }
  if (how === 'zscore') return [{ id: 'zero_mean_unit_variance', kwargs: { axes: WHOLE_IMAGE, eps: EPSILON } }];
  if (samples instanceof Float32Array) return [];
  const largest = samples instanceof Uint8Array ? 255 : 65535;
  return [{ id: 'scale_linear', kwargs: { gain: 1 / largest, offset: 0 } }];
}

function ensureType(dtype: string): Step {
  return { id: 'ensure_dtype', kwargs: { dtype } };
}

/**
 * The type of the values that a package takes, by NumPy's name. Where the normalisation is the same for all types it is
 * float32, into which readers bring whatever they are given.
 */
export function inputType(how: Normalisation, samples: ImageData): 'uint8' | 'uint16' | 'float32' {
  if (how !== 'range' || samples instanceof Float32Array) return 'float32';
  return samples instanceof Uint8Array ? 'uint8' : 'uint16';
}

/** The steps that make a mask of the probability of the foreground; without a threshold of its own a model leaves it. */
export function postprocessingSteps(threshold: number | undefined): readonly Step[] {
  if (threshold === undefined) return [];
  return [{ id: 'binarize', kwargs: { threshold } }, ensureType('uint8')];
}
