/**
 * The folders of the Medical Segmentation Decathlon (Antonelli et al., 2022) and of nnU-Net: `imagesTr`, `labelsTr` and
 * `dataset.json`, which names the channels and the classes. The channels of an image are the volumes of one file in the
 * Decathlon, and files of their own in nnU-Net: NAME_0000, NAME_0001, …
 */

import { InputError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { show } from '../../base/show.js';
import type { OnFaults } from '../faults.js';
import { channelsOfFiles } from './channel-files.js';
import { readText } from './files.js';
import { type Contents, type FolderFormat, ofMasks } from './format.js';
import { type Entry, listImages, volumesOf } from './listing.js';
import { pairRecords } from './slices.js';

const ABOUT = 'dataset.json';

export const decathlon: FolderFormat = {
  expected: 'imagesTr, labelsTr and dataset.json',

  async recognises({ entries }) {
    return ['imagesTr', 'labelsTr', ABOUT].every((name) => entries.includes(name));
  },

  async contents({ files, dir, entries, reading }, onFaults): Promise<Contents> {
    const path = files.join(dir, ABOUT);
    const { channels, classNames } = parseAbout(await readText(files, path), path);
    const [images, labels] = await Promise.all([
      listImages(files, files.join(dir, 'imagesTr'), reading),
      listImages(files, files.join(dir, 'labelsTr'), ofMasks(reading)),
    ]);
    const byName =
      channelsOfFiles(images.images, (name) => labels.images.has(name), onFaults) ??
      (channels > 1 ? volumesOf(files, images.images, channels, reading) : images.images);
    onFaults(
      lonely(byName, labels.images, (name) => files.join(labels.dir, `${name}.nii.gz`)),
      'without labels',
    );
    const names = [...byName.keys()].filter((name) => labels.images.has(name)).sort();
    const pairs = names.map((name) => ({ name, image: byName.get(name)!, mask: labels.images.get(name)! }));
    const records = await pairRecords(pairs, classNames.length, reading, onFaults);
    const others = entries.filter(
      (entry) => !['imagesTr', 'labelsTr', ABOUT].includes(entry) && !entry.startsWith('.'),
    );
    const skipped = [...others.map((entry) => files.join(dir, entry)), ...images.skipped, ...labels.skipped];
    return { records, classNames, skipped };
  },
};

/** Returns a line for each image without labels. */
function lonely(
  images: ReadonlyMap<string, Entry>,
  labels: ReadonlyMap<string, Entry>,
  expected: (name: string) => string,
): Parameters<OnFaults>[0] {
  return [...images]
    .filter(([name]) => !labels.has(name))
    .map(([name, { path }]) => `${path} has no labels: expected ${expected(name)}`);
}

/**
 * Reads a dataset.json: `modality` and `labels` by their numbers in the Decathlon, `channel_names` and the numbers of
 * `labels` in nnU-Net.
 * @throws InputError unless the labels are 0 for the background and 1, 2, … for the classes
 */
export function parseAbout(text: string, file: string): { readonly channels: number; readonly classNames: string[] } {
  const about = parseJson(text, file) as Record<string, unknown> | null;
  const { labels, modality, channel_names: channelNames = modality } = Object(about) as Record<string, unknown>;
  const pairs = Object.entries(Object(labels) as Record<string, unknown>).map(([key, value]) =>
    typeof value === 'string' ? ([Number(key), value] as const) : ([value, key] as const),
  );
  const names = pairs.map(([label]) => pairs.find(([k]) => k === label)![1]);
  const byLabel = new Map(pairs);
  const classNames = Array.from({ length: pairs.length - 1 }, (_, k) => byLabel.get(k + 1));
  if (pairs.length < 2 || pairs.length > 256 || !byLabel.has(0) || classNames.includes(undefined)) {
    const found = `found ${show(labels)}`;
    throw new InputError(
      `${file}: labels must be 0 for the background and 1, 2, … for the classes, ${found}; renumber them`,
    );
  }
  if (new Set(names).size !== names.length) throw new InputError(`${file}: two labels have the same name; rename one`);
  return { channels: Math.max(1, Object.keys(Object(channelNames)).length), classNames: classNames as string[] };
}
