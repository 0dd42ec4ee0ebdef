/** The golden values that `test/golden/make_golden.py` took from PyTorch. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NdArray } from '../../../src/backend/run.js';
import { readSafetensors } from '../../../src/formats/safetensors.js';
import { convWeight, transposedWeight } from './layout.js';

/** Seen from `dist/test/support`. */
const FOLDER = join(import.meta.dirname, '../../../../test/golden');

export interface Golden<C> {
  /** How to rebuild the case. */
  readonly config: C;
  /** The tensors by name, in PyTorch's layouts. */
  readonly tensors: ReadonlyMap<string, NdArray>;
}

/** @param C what `config` holds, on the word of the script that wrote it */
export async function readGolden<C>(name: string): Promise<Golden<C>> {
  const file = await readSafetensors(await readFile(join(FOLDER, `${name}.safetensors`)), name);
  const tensors = new Map<string, NdArray>();
  for (const [key, { shape, data }] of file.tensors) {
    tensors.set(key, { shape, data: Float64Array.from(data as Iterable<number | bigint>, Number) });
  }
  return { config: JSON.parse(file.metadata.config!) as C, tensors };
}

/** The tensor of that name. */
export function golden({ tensors }: Golden<unknown>, name: string): NdArray {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`internal: no golden tensor ${name}`);
  return tensor;
}

/** A parameter of a network, or a gradient of one, in our layout: `goldenParameter(file, 'param/up0_1.weight')`. */
export function goldenParameter(file: Golden<unknown>, name: string): NdArray {
  const array = golden(file, name);
  if (array.shape.length !== 4) return array;
  return name.includes('/up') ? transposedWeight(array) : convWeight(array);
}

/** What `config` holds in the files of whole networks. */
export interface NetworkGoldenConfig {
  readonly filters: readonly number[];
  readonly inChannels: number;
  readonly classes: number;
  readonly batchNorm: boolean;
  readonly upsample: 'transposed' | 'nearest' | 'bilinear' | 'bilinear-align-corners';
  readonly skips: 'dense' | 'adjacent' | 'original';
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly adamSteps: number;
  readonly learningRate: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
}

export const networkGoldens = [
  'unetpp',
  'unetpp-rgb-odd-filters',
  'unetpp-batchnorm-bilinear',
  'unetpp-multiclass',
  'unet-plus',
  'unet-ensemble',
  'unetpp-fast-path',
] as const;
