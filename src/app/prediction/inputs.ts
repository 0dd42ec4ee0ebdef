/** The images to be predicted, all of them checked before the first result is written. */
import { InputError } from '../../base/errors.js';
import { plural } from '../../base/quantities.js';
import type { ImageHeader, OpenedImage } from '../../formats/format.js';
import { withNeighbours } from '../../formats/stack.js';
import { isConvertible } from '../../image/channels.js';
import type { Preprocessing } from '../../image/prepare.js';
import type { Tiling } from '../../infer/tiles.js';
import type { Tta } from '../../infer/tta.js';
import type { ImageFile } from '../../platform/node/files/list-images.js';
import { type PredictionNeed, requireForPrediction } from '../memory.js';
import type { LoadedModel } from '../models/load-models.js';
import { type Observer, progressOf } from '../observer.js';
import type { ResultOptions } from './results.js';

/** How the models read files. */
export type ReadingRule = Pick<Preprocessing, 'plane'> & Required<Pick<Preprocessing, 'neighbours'>>;

/**
 * An image, or the slices of a volume; the header is that of what models see, with neighbours. What it has decoded is not
 * kept: it is opened again when it is predicted.
 */
export interface PredictionInput extends ImageFile, Pick<OpenedImage, 'header' | 'results'> {}

/** Reads what files say of their images. @throws InputError for one that is none, or is damaged there */
export async function openInputs(files: readonly ImageFile[], { neighbours }: ReadingRule): Promise<PredictionInput[]> {
  const inputs: PredictionInput[] = [];
  for (const file of files) {
    const { header, results } = withNeighbours(await file.open(), neighbours);
    inputs.push({ ...file, header, ...(results && { results }) });
  }
  return inputs;
}

/**
 * How models read files.
 * @throws InputError where they cut volumes along different planes, or see different neighbours
 */
export function readingRule(models: readonly Pick<LoadedModel, 'file' | 'model'>[]): ReadingRule {
  const rules = models.map(({ file, model }) => {
    const { plane, neighbours = 0 } = model.card.preprocessing;
    const text = `${plane ? `${plane} slices` : 'slices'} with ${plural(neighbours, 'neighbour')} on each side`;
    return { file, text, rule: { ...(plane && { plane }), neighbours } };
  });
  const [first] = rules;
  const other = rules.find(({ text }) => text !== first!.text);
  if (!other) return first!.rule;
  throw new InputError(
    `${first!.file} sees ${first!.text}, ${other.file} sees ${other.text}; average models that see volumes alike`,
  );
}

/**
 * Checks every file before any work, so that a damaged one does not stop it half-way. Nothing is decoded: headers,
 * structure and checksums show the damage that files suffer.
 * @throws InputError that names the file: damaged, of a kind that the model does not read, or too large for the memory
 */
export async function checkInputs(
  inputs: readonly PredictionInput[],
  models: readonly LoadedModel[],
  computing: { readonly tiling: Tiling; readonly tta: Tta } & ResultOptions,
  observer: Observer,
): Promise<void> {
  const told = progressOf(observer, 'reading');
  const sizes = new Map<string, PredictionNeed>();
  const tiled: PredictionNeed[] = [];
  const others = { grey: 0, RGB: 0 };
  for (const [k, { path, header, open }] of inputs.entries()) {
    const { width, height, channels } = header;
    const size = `${width}x${height}`;
    const need = sizes.get(size) ?? requireForPrediction(models, computing, deepest(inputs, header));
    sizes.set(size, need);
    if (need.plan) tiled.push(need);
    await (await open()).verify();
    const read = models.map(({ model }) => model.config.inChannels);
    for (const [m, inChannels] of read.entries()) {
      if (isConvertible(channels, inChannels)) continue;
      const reader = models.length > 1 ? models[m]!.file : 'the model';
      throw new InputError(`${path}: ${wrongChannels(channels, inChannels, reader)}`);
    }
    if (channels === 1 && read.includes(3)) others.grey++;
    if (channels === 3 && read.includes(1)) others.RGB++;
    told(k + 1, inputs.length);
  }
  if (tiled.length > 0) {
    const [{ plan, bytes }] = tiled.sort((a, b) => b.bytes - a.bytes) as [PredictionNeed];
    observer.remark?.({ kind: 'tiled', images: tiled.length, ...plan!.tile, bytes, approximate: plan!.approximate });
  }
  for (const from of ['grey', 'RGB'] as const) {
    if (others[from] > 0) observer.remark?.({ kind: 'converted', from, images: others[from] });
  }
}

/** Of the inputs whose slices have this size, the one that has the most: it takes the most memory. */
function deepest(inputs: readonly PredictionInput[], { width, height }: ImageHeader) {
  const alike = inputs.filter(({ header }) => header.width === width && header.height === height);
  const { path, header } = alike.reduce((most, each) => (each.header.slices > most.header.slices ? each : most));
  return { path, width, height, slices: header.slices };
}

/** Says what is wrong with an image of other channels than a model reads. */
export function wrongChannels(channels: number, inChannels: number, reader: string): string {
  const wanted = `${inChannels}${inChannels === 1 || inChannels === 3 ? '' : ' channels as .npy'}`;
  return `an image of ${plural(channels, 'channel')}, ${reader} reads ${inChannels}; save it with ${wanted}`;
}

/** How many images there are: slices count each. */
export function countSlices(inputs: readonly { readonly header: ImageHeader }[]): number {
  return inputs.reduce((sum, { header }) => sum + header.slices, 0);
}
