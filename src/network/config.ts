/** The configuration of a network: everything that must be known to build it again. */
import { defined } from '../base/defaults.js';
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { MAX_CHANNELS } from '../image/channels.js';
import { interpolations } from '../ops/index.js';

export const skipPatterns = ['dense', 'adjacent', 'original'] as const;
/** Which nodes of its level X(i,j) reads: all before it (UNet++), the last (UNet+) or the encoder's (UNet^e). */
export type Skips = (typeof skipPatterns)[number];

/** The nodes that X(i,j) reads of those of its level, `level`: X(i,0) .. X(i,j-1). */
export function skipsOf<Node>(skips: Skips, level: readonly Node[]): readonly Node[] {
  return skips === 'dense' ? level : skips === 'adjacent' ? level.slice(-1) : level.slice(0, 1);
}

export const norms = ['none', 'batch', 'instance', 'group'] as const;
/** What follows each 3x3 convolution, before its ReLU. */
export type Norm = (typeof norms)[number];

export const upsamplings = ['transposed', ...interpolations] as const;
/** How a level gets to the size of the one above: a 2x2 transposed convolution, or interpolation. */
export type Upsampling = (typeof upsamplings)[number];

export interface ModelConfig {
  /** The channels of each level, level 0 (full resolution) first: depth + 1 numbers. */
  readonly filters: readonly number[];
  /** The channels of the images that the network reads. */
  readonly inChannels: number;
  /** The channels of the logits: 1 is foreground against background (sigmoid), K >= 2 are K classes (softmax). */
  readonly classes: number;
  readonly skips: Skips;
  /** Whether each X(0,j), j = 1..depth, has a head, or X(0,depth) alone. */
  readonly deepSupervision: boolean;
  readonly norm: Norm;
  readonly upsample: Upsampling;
  /** The fraction of elements, from 0 to below 1, that training zeroes after each ReLU. */
  readonly dropout: number;
}

export const defaultConfig: ModelConfig = {
  filters: [32, 64, 128, 256, 512],
  inChannels: 1,
  classes: 1,
  skips: 'dense',
  deepSupervision: true,
  norm: 'none',
  upsample: 'transposed',
  dropout: 0,
};

/** The number of levels below the first: an image is halved this many times. */
export function depthOf(config: ModelConfig): number {
  return config.filters.length - 1;
}

/** The heads that the network has, as the j of X(0,j), ascending. */
export function levelsOf(config: ModelConfig): number[] {
  const depth = depthOf(config);
  return config.deepSupervision ? Array.from({ length: depth }, (_, k) => k + 1) : [depth];
}

/**
 * The network of depth `level` inside this one, with the same names: the nodes i + j <= level, which is all that the
 * heads up to X(0,level) see.
 */
export function upToLevel(config: ModelConfig, level: number): ModelConfig {
  return { ...config, filters: config.filters.slice(0, level + 1) };
}

/** What a field may hold: in words for the error, and as a test. */
interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const RULES: { readonly [K in keyof ModelConfig]: Rule } = {
  filters: {
    expected: 'a list of 2 to 7 whole numbers from 1 to 4096, the channels of each level',
    accepts: (value) =>
      Array.isArray(value) && value.length >= 2 && value.length <= 7 && value.every((width) => isWhole(width, 1, 4096)),
  },
  inChannels: whole(1, MAX_CHANNELS),
  // Masks hold the class of a pixel in a byte.
  classes: whole(1, 256),
  skips: oneOf(skipPatterns),
  deepSupervision: oneOf([true, false]),
  norm: oneOf(norms),
  upsample: oneOf(upsamplings),
  dropout: {
    expected: 'a number of at least 0 and below 1',
    accepts: (value) => typeof value === 'number' && value >= 0 && value < 1,
  },
};

/**
 * Makes a configuration of what a user, a file or a script gives; fields that are left out take their defaults.
 * @param source the file or the option that errors name
 * @throws InputError that names the field, its value and what is allowed
 */
export function parseConfig(value: unknown, source: string): ModelConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${source}: expected an object with ${Object.keys(RULES).join(', ')}, found ${show(value)}`);
  }
  const given = defined(value);
  const stray = Object.keys(given).find((name) => !Object.hasOwn(RULES, name));
  if (stray !== undefined) {
    throw new InputError(`${source}: unknown field ${show(stray)}; known are ${Object.keys(RULES).join(', ')}`);
  }
  const config: Record<string, unknown> = { ...defaultConfig, ...given };
  for (const [name, { expected, accepts }] of Object.entries(RULES)) {
    if (!accepts(config[name])) {
      throw new InputError(`${source}: ${name} is ${show(config[name])}, expected ${expected}`);
    }
  }
  return config as unknown as ModelConfig;
}

function isWhole(value: unknown, low: number, high: number): boolean {
  return Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
}

function whole(low: number, high: number): Rule {
  return { expected: `a whole number from ${low} to ${high}`, accepts: (value) => isWhole(value, low, high) };
}

function oneOf(allowed: readonly unknown[]): Rule {
  return { expected: `one of ${allowed.join(', ')}`, accepts: (value) => allowed.includes(value) };
}
