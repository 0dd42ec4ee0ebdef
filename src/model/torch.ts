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
import { fromTorch, torchShape, toTorch } from './layout.js';
import { Model } from './model.js';

/** All values as float32 in PyTorch's layouts, sorted by name (by code units). */
export async function exportTensors(store: ParameterStore): Promise<[string, StoredTensor][]> {
  const values = await store.read();
  const sorted = [...store.list].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map(({ name, kind, shape }) => {
    const data = toTorch(kind, shape, new Float32Array(values.get(name)!));
    return [name, { dtype: 'F32', shape: torchShape(kind, shape), data }];
  });
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
  const known = new Set(list.map(({ name }) => name));
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
    if (tensor.dtype === 'I64') {
      throw new InputError(
        `${file}: tensor ${show(name)} holds integers (I64), expected F32 or F64; save it as floats`,
      );
    }
    return { parameter, data: tensor.data };
  });
  if (stray !== undefined) throw mismatch(file, stray, `is none of the ${known.size} of this network`);
  return new Map(
    matched.map(({ parameter: { name, kind, shape }, data }) => {
      assertFinite(file, name, data);
      return [name, fromTorch(kind, shape, data)];
    }),
  );
}

function mismatch(file: string, tensor: string, what: string): InputError {
  return new InputError(`${file}: tensor ${show(tensor)} ${what}; weights and configuration must be of one network`);
}

/** The prefix that golden files give to parameters; the other groups of such a file are left alone. */
const PREFIX = 'param/';

/**
 * Makes a model of a PyTorch state dict with the names of pytorch-nested-unet: `conv0_1.conv1.weight`,
 * `conv0_1.bn1.bias`, `up0_1.weight`, `final1.weight` … (`final.weight` where there is one head), in float32 or float64.
 * The model has no size of its own: it predicts each image at the image's size.
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
