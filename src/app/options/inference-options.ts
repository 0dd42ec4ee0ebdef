/** Options of the commands that run a model. */
import type { MaskOptions } from '../../model/postprocessing.js';
import { backendOptions } from './backend-options.js';
import type { OptionTable } from './option.js';
import { between, onOrOff, text, threads, tiling } from './parsers.js';

const threadOptions = {
  threads: {
    flag: '--threads <n>',
    parse: threads,
    help: 'how many threads compute together; auto: one for each core',
    default: { value: 'auto' },
    affects: 'speed',
  },
} as const satisfies OptionTable;

/** What computes, and with how many threads. */
export const computingOptions = { ...backendOptions, ...threadOptions } as const satisfies OptionTable;

/** How large images are computed. */
export const tileOptions = {
  tiling: {
    flag: '--tile <n>',
    parse: tiling,
    help: 'images that keep their own size, in tiles of so many pixels a side; auto: where they are large; off: as a whole',
    default: { value: 'auto' },
    affects: 'bits',
  },
} as const satisfies OptionTable;

export const inferenceOptions = {
  mode: {
    flag: '--mode <mode>',
    parse: text,
    help: 'accurate (mean of the heads), fast (deepest head), L1, L2, … or auto (what compare recommends)',
    default: { value: 'accurate' },
    affects: 'bits',
  },
  threshold: {
    flag: '--threshold <p>',
    parse: between(0, 1),
    help: 'probability above which a pixel is foreground',
    default: { unset: 'that of the model' },
    affects: 'bits',
  },
  postprocessing: {
    flag: '--postprocessing',
    parse: onOrOff,
    help: 'remove and fill in masks what the model says',
    negated: 'leave masks as the threshold makes them',
    default: { value: true },
    affects: 'bits',
  },
  ...tileOptions,
  ...computingOptions,
  relaxed: {
    flag: '--relaxed',
    parse: onOrOff,
    help: 'fused multiply-adds: faster, but not the same bits on every machine',
    default: { unset: '' },
    affects: 'bits',
  },
} as const satisfies OptionTable;

/** How masks are made by these options. */
export function maskOptions({
  threshold,
  postprocessing = true,
}: {
  readonly threshold?: number | undefined;
  readonly postprocessing?: boolean | undefined;
}): MaskOptions {
  return { threshold, ...(!postprocessing && { postprocessing: {} }) };
}
