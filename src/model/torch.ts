/** Values by PyTorch's names and in PyTorch's layouts: state dicts of PyTorch models, and our own model files. */
import type { Backend, Values } from '../backend/backend.js';
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { assertFinite, type StoredTensor } from '../formats/safetensors.js';
import { formatShape, sameShape } from '../graph/shape.js';
import { type ModelConfig, parseConfig } from '../network/config.js';
import type { Parameter } from '../network/layers.js';
import { type Network, recordSquare } from '../network/network.js';
import { ParameterStore } from '../network/parameters.js';
import { fromTorch, torchOutputAxis, torchShape, toTorch } from './layout.js';
import { Model } from './model.js';
import { decodeWeights, encodeWeights, type StoredWeights, type WeightFormat } from './weight-formats.js';

export interface EncodeOptions {
  /** How weights are stored. Default: 'f32'. */
  readonly weights?: WeightFormat;
  /** The name of what they are stored in, for errors. Default: 'model'. */
  readonly file?: string;
}

/**
 * All values in PyTorch's layouts, sorted by name (by code units): float32, or weights as `encodeWeights` has them, the
 * scales of int8 named after them (`NAME.scale`). Smaller numbers then follow the larger ones, so that all are aligned.
 * @throws InputError for weights that cannot be stored so
 */
export async function exportTensors(
  store: ParameterStore,
  { weights = 'f32', file = 'model' }: EncodeOptions = {},
): Promise<[string, StoredTensor][]> {
  const values = await store.read();
  const sorted = [...store.list].sort((a, b) => (a.name < b.name ? -1 : 1));
  const tensors = sorted.flatMap(({ name, kind, shape }): [string, StoredTensor][] => {
    const own = values.get(name)!;
    const data = toTorch(kind, shape, own instanceof Float32Array ? own : new Float32Array(own));
    const parameter = { shape: torchShape(kind, shape), data, outputAxis: torchOutputAxis(kind) };
    const { values: stored, scale } = encodeWeights(parameter, weights, { file, name });
    return scale
      ? [
          [name, stored],
          [scaleName(name), scale],
        ]
      : [[name, stored]];
  });
  return tensors.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
}

function scaleName(name: string): string {
  return `${name}.scale`;
}

/**
 * The parameters of a network with the values of `tensors`, which must be those of the network, no more and no less.
 * Nothing of the network's size is allocated before that is known.
 * @throws InputError that names the tensor, what was expected and what was found
 */
export function importParameters(
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
  { backend, file }: ImportOptions,
): ParameterStore {
  const values = valuesOf([...network.parameters.values()], tensors, file);
  const parameters = new ParameterStore(network, backend);
  parameters.load(values);
  return parameters;
}

export interface ImportOptions {
  readonly backend: Backend;
  /** The name of the source, for errors. */
  readonly file: string;
}

/** The values of every parameter in our layouts, by name. */
function valuesOf(
  list: readonly Parameter[],
  tensors: ReadonlyMap<string, StoredTensor>,
  file: string,
): ReadonlyMap<string, Values> {
  const known = new Set(
    list.flatMap(({ name }) => (tensors.get(name)?.dtype === 'I8' ? [name, scaleName(name)] : [name])),
  );
  const stray = [...tensors.keys()].find((name) => !known.has(name));
  const matched = list.map((parameter) => {
    const { name, kind, shape } = parameter;
    const tensor = tensors.get(name);
    if (!tensor) {
      const instead = stray === undefined ? '' : `, found ${show(stray)} instead`;
      throw mismatch(file, name, `is missing${instead}`);
    }
    const expected = torchShape(kind, shape);
    if (!sameShape(tensor.shape, expected)) {
      throw mismatch(file, name, `has shape ${formatShape(tensor.shape)}, expected ${formatShape(expected)}`);
    }
    return { parameter, stored: storedWeights(parameter, tensor, tensors, file) };
  });
  if (stray !== undefined) throw mismatch(file, stray, `is none of the ${list.length} of this network`);
  return new Map(
    matched.map(({ parameter: { name, kind, shape }, stored }) => {
      const data = decodeWeights(stored, torchOutputAxis(kind));
      assertFinite(file, name, data);
      return [name, fromTorch(kind, shape, data)];
    }),
  );
}

/** A tensor that holds numbers, int8 together with its scale. @throws InputError for one that does not */
function storedWeights(
  { name, kind }: Parameter,
  values: StoredTensor,
  tensors: ReadonlyMap<string, StoredTensor>,
  file: string,
): StoredWeights {
  const outputAxis = torchOutputAxis(kind);
  if (values.dtype === 'I64' || (values.dtype === 'I8' && outputAxis === undefined)) {
    throw new InputError(
      `${file}: tensor ${show(name)} holds integers (${values.dtype}), expected F32, F64 or F16; save it as floats`,
    );
  }
  if (values.dtype !== 'I8') return { values };
  const scale = tensors.get(scaleName(name));
  const shape = [values.shape[outputAxis!]!];
  if (scale?.dtype !== 'F32' || !sameShape(scale.shape, shape)) {
    const found = scale ? `${scale.dtype} ${formatShape(scale.shape)}` : 'none';
    throw new InputError(
      `${file}: tensor ${show(name)} is int8 and needs its scale ${show(scaleName(name))}, F32 ${formatShape(shape)}, found ${found}; restore the file from a copy`,
    );
  }
  assertFinite(file, scaleName(name), scale.data);
  return { values, scale };
}

function mismatch(file: string, tensor: string, what: string): InputError {
  return new InputError(`${file}: tensor ${show(tensor)} ${what}; weights and configuration must be of one network`);
}

/** The prefix that golden files give to parameters; the other groups of such a file are left alone. */
const PREFIX = 'param/';

/**
 * Makes a model of a PyTorch state dict with the names of pytorch-nested-unet: `conv0_1.conv1.weight`,
 * `conv0_1.bn1.bias`, `up0_1.weight`, `final1.weight` … (`final.weight` where there is one head), in float32, float64 or
 * float16. The model has no size of its own: it predicts each image at the image's size.
 * @param config what `parseConfig` takes; deepSupervision is read off the names where it is left out
 * @throws InputError that names the tensor or the field
 */
export function importTorch(
  tensors: ReadonlyMap<string, StoredTensor>,
  config: unknown,
  options: ImportOptions,
): Model {
  const { file } = options;
  const prefixed = [...tensors].filter(([name]) => name.startsWith(PREFIX));
  const own = prefixed.length
    ? prefixed.map(([name, tensor]) => [name.slice(PREFIX.length), tensor] as const)
    : tensors;
  // How many batches PyTorch has counted, which nothing here needs.
  const dict = new Map([...own].filter(([name]) => !name.endsWith('.num_batches_tracked')));
  const parsed = parseConfig(config, `${file}, config`);
  const stated = (config as Partial<ModelConfig>).deepSupervision;
  const whole = { ...parsed, deepSupervision: stated ?? !dict.has('final.weight') };
  return new Model(whole, importParameters(recordSquare(whole), dict, options));
}
