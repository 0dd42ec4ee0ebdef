/** Fine-tuning: the weights of one model as the initial values of another, as far as their networks agree. */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { type Shape, sameShape } from '../graph/shape.js';
import { isConvertible, LUMA_65536 } from '../image/channels.js';
import { levelsOf, type ModelConfig } from '../network/config.js';
import { headName } from '../network/network.js';
import type { Model } from './model.js';

/**
 * Why a parameter begins anew: its head has another number of classes, its convolution reads channels that cannot be
 * converted, or the other network has no such parameter.
 */
type AnewReason = 'classes' | 'channels' | 'missing';

/** What became of each parameter of a model, by its name. */
export interface Initialised {
  /** The parameters whose values were taken over as they are, running statistics among them. */
  readonly taken: readonly string[];
  /** The weights of the first convolution, where they were converted from grey to RGB or from RGB to grey. */
  readonly adapted: readonly string[];
  /** The parameters that keep the values they had. */
  readonly anew: readonly { readonly name: string; readonly reason: AnewReason }[];
}

/** The fields of a configuration that decide the shapes of everything but the heads and the first convolution. */
const SHAPING = ['skips', 'norm', 'upsample'] as const;

/**
 * Finds the field in which two networks differ so that weights of one are of no use in the other. One may have more levels
 * than the other, other heads, classes and channels.
 */
export function contradiction(
  config: ModelConfig,
  other: ModelConfig,
): 'filters' | (typeof SHAPING)[number] | undefined {
  if (config.filters.some((width, level) => width !== (other.filters[level] ?? width))) return 'filters';
  return SHAPING.find((field) => config[field] !== other[field]);
}

/**
 * Takes the weights and running statistics of `source` over into `model`, by name and shape; a head belongs to its level,
 * whatever else it is called. What `source` does not have keeps its values: levels, heads, heads of other classes.
 *
 * Between grey and RGB, the first convolution is converted so that `model` sees what `source` sees: summed over the
 * channels it answers a grey image as it did one of three equal channels, and spread over them by luma an RGB image as its
 * grey one, which is how `predict` converts images, too. Channels of any other number begin anew.
 * @throws InputError where filters, skips, norm or upsample differ, so that the weights would be of no use
 */
export async function initialiseFrom(model: Model, source: Model): Promise<Initialised> {
  const field = contradiction(model.config, source.config);
  if (field !== undefined) {
    const [here, there] = [model, source].map(({ config }) => show(config[field]));
    throw new InputError(
      `initialiseFrom: ${field} is ${here}, but ${there} in the source; make the model with the same`,
    );
  }
  const heads = headsIn(source.config, model.config);
  const shapes = new Map(source.parameters.list.map(({ name, shape }) => [name, shape]));
  const values = await source.parameters.read();
  const taken: string[] = [];
  const adapted: string[] = [];
  const anew: Initialised['anew'][number][] = [];
  for (const { name, shape } of model.parameters.list) {
    const [module, rest] = split(name);
    const isHead = heads.has(module);
    const there = `${isHead ? heads.get(module) : module}${rest}`;
    const found = shapes.get(there);
    if (!found) {
      anew.push({ name, reason: 'missing' });
    } else if (sameShape(found, shape)) {
      model.parameters.get(name).write(values.get(there)!);
      taken.push(name);
    } else if (!isHead && isConvertible(found[2]!, shape[2]!)) {
      model.parameters.get(name).write(ofChannels(values.get(there)!, found, shape));
      adapted.push(name);
    } else {
      anew.push({ name, reason: isHead ? 'classes' : 'channels' });
    }
  }
  model.parameters.weightsChanged();
  return { taken, adapted, anew };
}

/** The name in `source` of each head of a network; undefined where it has none on this level. */
function headsIn(source: ModelConfig, config: ModelConfig): ReadonlyMap<string, string | undefined> {
  const levels = levelsOf(source);
  return new Map(
    levelsOf(config).map((level) => [
      headName(config, level),
      levels.includes(level) ? headName(source, level) : undefined,
    ]),
  );
}

/** Divides the name of a parameter after its module: `final1` and `.weight`. */
function split(name: string): [module: string, rest: string] {
  const end = name.indexOf('.');
  return [name.slice(0, end), name.slice(end)];
}

/** Weights [3,3,from,width] of a convolution as [3,3,to,width], between grey and RGB; see `initialiseFrom`. */
function ofChannels(values: ArrayLike<number>, from: Shape, to: Shape): Float64Array {
  const [rows, columns, channels, width] = to as [number, number, number, number];
  const before = from[2]!;
  const result = new Float64Array(rows * columns * channels * width);
  for (let tap = 0; tap < rows * columns; tap++) {
    for (let w = 0; w < width; w++) {
      const at = (channel: number) => values[(tap * before + channel) * width + w]!;
      for (let c = 0; c < channels; c++) {
        result[(tap * channels + c) * width + w] =
          channels === 1 ? at(0) + at(1) + at(2) : (at(0) * LUMA_65536[c]!) / 65536;
      }
    }
  }
  return result;
}
