/** Options of `unetpp train` that belong together, by name; what is given on the command line goes before them. */
import { exists, join } from '../platform/node/files/paths.js';

const RECIPES = {
  /** The experiment of the UNet++ notebook on the figshare brain tumours, without its faults: see the README. */
  'brain-tumour': {
    size: 128,
    normalise: 'percentile',
    filters: [32, 64, 128, 256, 512],
    norm: 'none',
    upsample: 'transposed',
    dropout: 0.5,
    epochs: 30,
    batch: 64,
    optimizer: 'adam',
    lr: 1e-3,
    split: '80%,10%,10%',
    test: true,
  },
} as const;

export type RecipeName = keyof typeof RECIPES;

export const recipeNames = Object.keys(RECIPES) as readonly RecipeName[];

/** For the help. */
export const recipeList = 'brain-tumour is that of the UNet++ notebook, 128x128, batch 64, 30 epochs';

/** @param data a folder whose split.json is taken rather than the recipe's split */
export function recipeOptions(name: RecipeName, data: string | undefined) {
  const { split, ...options } = RECIPES[name];
  const hasSplit = data !== undefined && exists(join(data, 'split.json'));
  return hasSplit ? options : { ...options, split };
}
