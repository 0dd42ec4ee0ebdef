/** Recipes: options of a training that belong together, by name. An option that is given itself has precedence. */
import { exists, join } from '#platform/files/paths.js';
import type { dataOptions } from './options/data-options.js';
import type { networkOptions } from './options/network-options.js';
import type { optimizerOptions } from './options/optimizer-options.js';
import type { OptionTable, OptionValues } from './options/option.js';
import { oneOf } from './options/parsers.js';
import type { runOptions } from './options/run-options.js';
import type { trainingOptions } from './options/training-options.js';

type Recipe = Partial<
  OptionValues<
    typeof dataOptions & typeof networkOptions & typeof trainingOptions & typeof optimizerOptions & typeof runOptions
  >
>;

const RECIPES = {
  /** The experiment of the UNet++ notebook on the figshare brain tumours, without its faults: see docs/experiment.md. */
  'brain-tumour': {
    size: 128,
    normalisation: 'percentile',
    filters: [32, 64, 128, 256, 512],
    norm: 'none',
    upsample: 'transposed',
    dropout: 0.5,
    epochs: 30,
    batch: 64,
    optimizer: 'adam',
    learningRate: 1e-3,
    splitSizes: '80%,10%,10%',
    test: true,
  },
} satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof RECIPES;

export const recipeOptions = {
  recipe: {
    flag: '--recipe <name>',
    parse: oneOf(Object.keys(RECIPES) as RecipeName[]),
    help: 'defaults for an experiment: brain-tumour is that of the UNet++ notebook, 128x128, batch 64, 30 epochs',
    default: { unset: '' },
    affects: 'bits',
  },
} as const satisfies OptionTable;

/**
 * Adds the options of the recipe that is named, if any. A split.json of the data has precedence over its split, and patches
 * have it over its size.
 */
export async function withRecipe<T extends Partial<OptionValues<typeof recipeOptions & typeof dataOptions>>>(
  given: T,
): Promise<T> {
  const { recipe, data, patch } = given;
  if (recipe === undefined) return given;
  const { splitSizes, size, ...options } = RECIPES[recipe];
  const hasSplit = data !== undefined && (await exists(join(data, 'split.json')));
  return { ...options, ...(!hasSplit && { splitSizes }), ...(patch === undefined && { size }), ...given };
}
