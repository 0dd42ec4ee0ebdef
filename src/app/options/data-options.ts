/** Options of a training's images. */

import { defined } from '../../base/defaults.js';
import type { ReadingOptions } from '../../data/folder/format.js';
import { splitUnits } from '../../data/split/plan.js';
import { normalisations } from '../../image/normalise.js';
import { planes } from '../../image/plane.js';
import { fits, MAX_NEIGHBOURS } from '../../image/prepare.js';
import type { OptionTable } from './option.js';
import { between, normalisation, oneOf, onOrOff, path, positive, side, text, whole } from './parsers.js';

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

/** How images are brought to a size. */
export const fitOptions = {
  fit: {
    flag: '--fit <how>',
    parse: oneOf(fits),
    help: 'how images are brought to --size: stretched, or scaled by one factor and padded by reflection',
    default: { unset: 'stretch' },
    affects: 'bits',
  },
} as const satisfies OptionTable;

/** How files become images and masks. */
export const readingOptions = {
  plane: {
    flag: '--plane <plane>',
    parse: oneOf(planes),
    help: 'plane that volumes are cut into slices along',
    default: { unset: 'the one with the smallest pixels' },
    affects: 'bits',
  },
  volume: {
    flag: '--volume <n>',
    parse: whole(1),
    help: 'which volume of a file that holds several is read',
    default: { unset: '' },
    affects: 'bits',
  },
  neighbours: {
    flag: '--neighbours <n>',
    parse: whole(0, MAX_NEIGHBOURS),
    help: 'slices on both sides of a slice that the network sees with it, as channels',
    default: { unset: '0' },
    affects: 'bits',
  },
  instances: {
    flag: '--instances',
    parse: onOrOff,
    help: 'masks number objects: all of them are foreground',
    default: { unset: '' },
    affects: 'bits',
  },
} as const satisfies OptionTable;

/** What options say of how files become images and masks. */
export function readingOf({ plane, volume, neighbours, instances }: ReadingOptions): ReadingOptions {
  return defined({ plane, volume, neighbours, instances });
}

/** The width and height that images are brought to where neither these nor a patch is given. */
export const DEFAULT_SIZE = 128;

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
  ...readingOptions,
  size: {
    flag: '--size <pixels>',
    parse: side,
    help: 'width and height that images are brought to',
    default: { unset: `${DEFAULT_SIZE}; none with --patch` },
    affects: 'bits',
  },
  ...fitOptions,
  patch: {
    flag: '--patch <pixels>',
    parse: side,
    help: 'in place of --size: images keep their own size, and the network is trained on patches of so many pixels a side',
    default: { unset: '' },
    affects: 'bits',
  },
  patches: {
    flag: '--patches <n>',
    parse: whole(1),
    help: 'patches of each image in an epoch',
    default: { unset: 'so many that they have about as many pixels as the images' },
    affects: 'bits',
  },
  foreground: {
    flag: '--foreground <share>',
    parse: between(0, 1),
    help: 'share of the patches that are drawn around a pixel of the foreground',
    default: { unset: '1/3' },
    affects: 'bits',
  },
  spacing: {
    flag: '--spacing <mm>',
    parse: positive(),
    help: 'size of a pixel that images are resampled to before patches are cut; their files must state theirs',
    default: { unset: 'that of each image' },
    affects: 'bits',
  },
  normalisation: {
    flag: '--normalise <how>',
    parse: normalisation,
    help: `how the values of each image are scaled: ${normalisations.join(', ')}, the last in the units of the files, Hounsfield in a CT`,
    default: { value: 'range' },
    affects: 'bits',
  },
} as const satisfies OptionTable;
