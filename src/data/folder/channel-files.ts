/** Images whose channels are files of their own, as nnU-Net names them: CASE_0000, CASE_0001, … */
import { InputError } from '../../base/errors.js';
import { plural } from '../../base/quantities.js';
import { isConvertible } from '../../image/channels.js';
import type { OnFaults } from '../faults.js';
import { type Entry, stackedEntry } from './listing.js';

type Images = ReadonlyMap<string, Entry>;

/** A file of a case. */
interface ChannelFile {
  readonly stem: string;
  /** Its number, from 0 on. */
  readonly channel: number;
  readonly entry: Entry;
}

type Cases = ReadonlyMap<string, readonly ChannelFile[]>;

/** The files of each case, in the order of their stems; undefined unless all are named so. */
function casesOf(images: Images): Cases | undefined {
  const cases = new Map<string, ChannelFile[]>();
  for (const [stem, entry] of images) {
    const [, name, digits] = /^(.+)_(\d{4})$/.exec(stem) ?? [];
    if (name === undefined) return undefined;
    cases.set(name, [...(cases.get(name) ?? []), { stem, channel: Number(digits), entry }]);
  }
  return cases;
}

/** Whether a case has the files 0, 1, … up to `count`, and no others. */
function isWhole(parts: readonly ChannelFile[], count: number): boolean {
  return parts.length === count && parts.every(({ channel }, k) => channel === k);
}

function stacked(cases: Cases): Images {
  return new Map([...cases].map(([name, parts]) => [name, stackedEntry(parts.map(({ entry }) => entry))]));
}

/**
 * The images of such a folder by the names of the cases. Undefined unless all files are of that kind, and each case has as
 * many, or cases are known by their names.
 * @param isCase whether there are labels of that name
 * @param onFaults receives cases that lack a file which others have; they are left out
 */
export function channelsOfFiles(
  images: Images,
  isCase: (name: string) => boolean,
  onFaults: OnFaults,
): Images | undefined {
  const all = [...(casesOf(images) ?? [])];
  const [first] = all;
  if (!first) return undefined;
  if (all.every(([, parts]) => isWhole(parts, first[1].length))) return stacked(new Map(all));
  if (!all.some(([name]) => isCase(name))) return undefined;
  const count = Math.max(...all.map(([, parts]) => parts.at(-1)!.channel + 1));
  const lacking = all.filter(([, parts]) => !isWhole(parts, count));
  onFaults(
    lacking.map((one) => missing(...one, count, 'images here have')),
    'without a file of a channel',
  );
  return stacked(new Map(all.filter((one) => !lacking.includes(one))));
}

/**
 * The images of a folder as a model of `channels` channels reads them: put together where each case has a file for every
 * channel, and named as the case where each has the file CASE_0000 alone; else as they are.
 * @param images in the order of their names
 * @throws InputError that names the file of a channel that a case lacks
 */
export async function imagesOfChannels(images: Images, channels: number): Promise<Images> {
  const cases = casesOf(images);
  if (!cases) return images;
  const all = [...cases];
  const alike = all.every(([, parts]) => isWhole(parts, 1)) ? stacked(cases) : images;
  const isBeyond = all.some(([, parts]) => parts.some(({ channel }) => channel >= channels));
  if (channels === 1 || isBeyond || (await all[0]![1][0]!.entry.open()).header.channels !== 1) return alike;
  const isComplete = ([, parts]: (typeof all)[number]) => isWhole(parts, channels);
  const lacking = all.find((one) => !isComplete(one));
  if (!lacking) return stacked(cases);
  // Grey pictures that are merely numbered are read as RGB.
  if (isConvertible(1, channels) && !all.some(isComplete)) return alike;
  throw new InputError(missing(...lacking, channels, 'the model reads'));
}

/** Names the first file that a case lacks. @param others who has so many channels, with the verb */
function missing(name: string, parts: readonly ChannelFile[], channels: number, others: string): string {
  const stemOf = (channel: number) => `${name}_${String(channel).padStart(4, '0')}`;
  const lacks = Array.from({ length: channels }, (_, k) => k).find((k) => parts[k]?.channel !== k)!;
  const [{ stem, entry }] = parts as [ChannelFile];
  const at = entry.path.lastIndexOf(stem);
  const path = entry.path.slice(0, at) + stemOf(lacks) + entry.path.slice(at + stem.length);
  const wanted = `${others} ${plural(channels, 'channel')}, ${stemOf(0)} to ${stemOf(channels - 1)}`;
  return `${path}: there is no such file; ${wanted}, and ${name} has ${parts.length}; add it`;
}
