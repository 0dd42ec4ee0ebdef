/**
 * How weights are stored: in float32, or smaller as float16 or int8. That of convolutions is meant; biases, norms and
 * running statistics, which are few, stay float32. Kernels compute in float32 whatever it is.
 */
import { InputError, invariant } from '../base/errors.js';
import { FLOAT16_MAX, fromFloat16, toFloat16 } from '../base/float16.js';
import { show } from '../base/show.js';
import { assertFinite, type StoredTensor } from '../formats/safetensors.js';
import { type Shape, sizeOf } from '../graph/shape.js';

export const weightFormats = ['f32', 'f16', 'int8'] as const;
export type WeightFormat = (typeof weightFormats)[number];

/** The values of one parameter, row-major. */
export interface Weights {
  readonly shape: Shape;
  readonly data: Float32Array;
  /**
   * Which axis of `shape` counts the output channels of a convolution: the last one in our layouts, `torchOutputAxis` in
   * PyTorch's. It is undefined for other parameters.
   */
  readonly outputAxis: number | undefined;
}

/** A parameter as it is stored. */
export interface StoredWeights {
  readonly values: StoredTensor;
  /** Of int8 the step of each output channel, float32: a value is its integer times that. */
  readonly scale?: StoredTensor | undefined;
}

/** A parameter by its name, and the file that it comes from or goes to, for errors. */
export interface WeightSource {
  readonly file: string;
  readonly name: string;
}

/**
 * Stores the values of one parameter.
 *
 *     f16   the nearest number of 16 bits
 *     int8  symmetric, by output channel: scale = max |w| / 127, and w / scale rounded, half away from 0
 *
 * @throws InputError for a value that is not finite, or that float16 cannot hold
 */
export function encodeWeights(weights: Weights, format: WeightFormat, source: WeightSource): StoredWeights {
  const { shape, data, outputAxis } = weights;
  if (format === 'f32' || outputAxis === undefined) return { values: { dtype: 'F32', shape, data } };
  assertFinite(source.file, source.name, data);
  if (format === 'int8') return quantised(shape, data, outputAxis);
  requireFloat16(data, source);
  return { values: { dtype: 'F16', shape, data: toFloat16(data) } };
}

/**
 * The values of one parameter as numbers, all of them exact but those of int8: integer times scale, rounded to float32.
 * @param values floating-point numbers, or int8 with the scale of each channel along `outputAxis`
 */
export function decodeWeights(
  { values, scale }: StoredWeights,
  outputAxis: number | undefined,
): Float32Array | Float64Array {
  if (values.dtype === 'F16') return fromFloat16(values.data);
  if (values.dtype !== 'I8') {
    invariant(values.dtype !== 'I64', 'weights are no integers');
    return values.data;
  }
  invariant(scale?.dtype === 'F32' && outputAxis !== undefined, 'int8 needs the scale of each output channel');
  const { data } = values;
  const result = new Float32Array(data.length);
  forEachRun(values.shape, outputAxis, (channel, begin, end) => {
    const step = scale.data[channel]!;
    for (let k = begin; k < end; k++) result[k] = data[k]! * step;
  });
  return result;
}

function quantised(shape: Shape, data: Float32Array, outputAxis: number): StoredWeights {
  const scale = new Float32Array(shape[outputAxis]!);
  forEachRun(shape, outputAxis, (channel, begin, end) => {
    let largest = scale[channel]!;
    for (let k = begin; k < end; k++) largest = Math.max(largest, Math.abs(data[k]!));
    scale[channel] = largest;
  });
  // A channel of zeros, or of numbers so small that the step rounds to 0, is one of zeros with any step.
  for (let channel = 0; channel < scale.length; channel++) {
    scale[channel]! /= 127;
    if (scale[channel] === 0) scale[channel] = 1;
  }
  const integers = new Int8Array(data.length);
  forEachRun(shape, outputAxis, (channel, begin, end) => {
    const step = scale[channel]!;
    for (let k = begin; k < end; k++) integers[k] = nearestInteger(data[k]! / step);
  });
  return {
    values: { dtype: 'I8', shape, data: integers },
    scale: { dtype: 'F32', shape: [scale.length], data: scale },
  };
}

/** Rounds half away from 0, and to at most 127: a step that was rounded down may leave a little more. */
function nearestInteger(value: number): number {
  return Math.sign(value) * Math.min(127, Math.round(Math.abs(value)));
}

/** Goes through the values in their order, by runs that belong to one output channel. */
function forEachRun(
  shape: Shape,
  outputAxis: number,
  work: (channel: number, begin: number, end: number) => void,
): void {
  const channels = shape[outputAxis]!;
  const length = sizeOf(shape.slice(outputAxis + 1));
  const runs = sizeOf(shape.slice(0, outputAxis + 1));
  for (let run = 0; run < runs; run++) work(run % channels, run * length, (run + 1) * length);
}

/** @throws InputError for a number that would become infinite */
function requireFloat16(data: Float32Array, { file, name }: WeightSource): void {
  const at = data.findIndex((value) => Math.abs(value) > FLOAT16_MAX);
  if (at < 0) return;
  throw new InputError(
    `${file}: tensor ${show(name)} holds ${data[at]} at index ${at}, and float16 ends at ${FLOAT16_MAX}; take int8 or f32`,
  );
}
