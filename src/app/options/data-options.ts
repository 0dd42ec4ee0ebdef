/** Options of a training's images. */

import { splitUnits } from '../../data/split/plan.js';
import { normalisations } from '../../image/normalise.js';
import type { OptionTable } from './option.js';
import { oneOf, path, side, text } from './parsers.js';

/** How the split is drawn where the folder has none. */
export const splitOptions = {
  splitSizes: {
    flag: '--split <sizes>',
    parse: text,
    help: 'images for training, validation and test: 2800,200,64, or 80%,10%,10% of all',
    default: { unset: '80%,20%,0%' },
    affects: 'bits',
  },
  splitBy: {
    flag: '--split-by <unit>',
    parse: oneOf(splitUnits),
    help: 'what --split keeps together in one subset',
    default: { unset: 'patient where known' },
    affects: 'bits',
  },
} as const satisfies OptionTable;

export const dataOptions = {
  data: {
    flag: '--data <dir>',
    parse: path,
    help: 'folder with images/NAME.png and masks/NAME.png; split.json is optional',
    default: { unset: '' },
    // The folder may be moved: a run that resumes compares the images themselves.
    affects: 'speed',
  },
  ...splitOptions,
  size: {
    flag: '--size <pixels>',
    parse: side,
    help: 'width and height that images are resized to',
    default: { value: 128 },
    affects: 'bits',
  },
  normalisation: {
    flag: '--normalise <how>',
    parse: oneOf(normalisations),
    help: 'how the values of each image are scaled',
    default: { value: 'range' },
    affects: 'bits',
  },
} as const satisfies OptionTable;
