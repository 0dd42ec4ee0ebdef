/** The weights of an edge export: one file with the parameters in the order in which they are unpacked. */
import { asBytes, joinBytes } from '../../base/bytes.js';
import { invariant } from '../../base/errors.js';
import { roundUp } from '../../base/multiples.js';
import type { StoredTensor } from '../../formats/safetensors.js';
import { sizeOf } from '../../graph/shape.js';
import { encodeWeights, type StoredWeights, type WeightFormat } from '../../model/weight-formats.js';
import type { EdgeWeights } from './program.js';

/** Where a parameter lies in the file, and where it goes; the fields are those of plan.json, but for `before`, which counts calls. */
export interface EdgeWeightsEntry {
  readonly name: string;
  readonly type: WeightFormat;
  /** In the memory, in bytes. */
  readonly address: number;
  readonly before: number;
  readonly elements: number;
  /** In the file, in bytes, a multiple of 4. */
  readonly offset: number;
  /** For int8: how many output channels there are, which are the last axis, and where in the file their steps lie. */
  readonly channels?: number;
  readonly scales?: number;
}

export interface EdgeWeightsFile {
  readonly bytes: Uint8Array;
  readonly entries: readonly EdgeWeightsEntry[];
  /** The parameters as they are stored, by name. */
  readonly stored: ReadonlyMap<string, StoredWeights>;
}

/** The axis of our filters that counts their output channels: the last of HWIO. */
const OUTPUT_AXIS = 3;
const ALIGNMENT = 4;

/**
 * @param values of every parameter, by name, in our layouts
 * @param file the name of the model, for errors
 * @throws InputError for a value that the format cannot hold
 */
export function encodeWeightsFile(
  weights: readonly EdgeWeights[],
  values: ReadonlyMap<string, ArrayLike<number>>,
  format: WeightFormat,
  file: string,
): EdgeWeightsFile {
  const parts: Uint8Array[] = [];
  let length = 0;
  /** Appends bytes, and returns where they begin. */
  const append = (part: Uint8Array): number => {
    const at = length;
    const padding = new Uint8Array(roundUp(part.length, ALIGNMENT) - part.length);
    parts.push(part, padding);
    length += part.length + padding.length;
    return at;
  };
  const stored = new Map<string, StoredWeights>();
  const entries = weights.map(({ name, shape, isFilter, address, before }): EdgeWeightsEntry => {
    const data = Float32Array.from(values.get(name)!);
    const outputAxis = outputAxisOf({ isFilter });
    const each = encodeWeights({ shape, data, outputAxis }, format, { file, name });
    stored.set(name, each);
    const entry = { name, type: typeOf(each.values), address, before, elements: sizeOf(shape) };
    const offset = append(asBytes(each.values.data));
    if (!each.scale) return { ...entry, offset };
    return { ...entry, offset, channels: shape.at(-1)!, scales: append(asBytes(each.scale.data)) };
  });
  return { bytes: joinBytes(parts), entries, stored };
}

/** The axis of a parameter that counts output channels, as `decodeWeights` is told; undefined where it is no filter. */
export function outputAxisOf({ isFilter }: Pick<EdgeWeights, 'isFilter'>): number | undefined {
  return isFilter ? OUTPUT_AXIS : undefined;
}

function typeOf({ dtype }: StoredTensor): WeightFormat {
  const types: { readonly [K in StoredTensor['dtype']]?: WeightFormat } = { F32: 'f32', F16: 'f16', I8: 'int8' };
  const type = types[dtype];
  invariant(type, `weights are stored as ${dtype}`);
  return type;
}
