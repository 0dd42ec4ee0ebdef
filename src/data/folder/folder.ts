import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { InputError } from '../../base/errors.js';
import { readBytes } from '../../platform/node/files/read.js';
import { type OnFaults, refuse } from '../faults.js';
import { parsePatients } from '../split/patients.js';
import { type DrawnSplit, drawPlanned } from '../split/plan.js';
import { drawSplit, parseSplit, type Split } from '../split/split.js';
import { dsb2018 } from './dsb2018.js';
import { figshare } from './figshare.js';
import type { Contents, FolderFormat, Item } from './format.js';
import { pairedFolders } from './paired-folders.js';

/** A data folder as it lies on the disk, with what its split.json and patients.json say. */
export interface DataFolder extends Contents {
  readonly dir: string;
  /** The pairs by name, in the order of their names. */
  readonly byName: ReadonlyMap<string, Item>;
  /** The path of its split.json. */
  readonly splitFile?: string;
  /**
   * From split.json, else drawn: a fifth for validation, or as `plan` says (see `completePlan`).
   * @throws InputError where it does not fit, or nothing can be drawn
   */
  split(seed: number, plan?: DrawnSplit): Promise<Split>;
}

/** What is read beside the images. */
const ABOUT: readonly string[] = ['split.json', 'patients.json', 'classes.json'];

/** Tried in this order. */
const LAYOUTS: readonly FolderFormat[] = [pairedFolders, figshare, dsb2018];

/**
 * Reads a data folder but for its pixels: recognises its layout by what is in it, pairs images and masks, and checks
 * each pair as far as its headers go.
 * @param onFaults is told of files that do not do: an image or mask alone, sizes that differ. Default: they are thrown
 * @throws InputError in one line: no such folder, another layout
 */
export async function readDataFolder(dir: string, onFaults: OnFaults = refuse): Promise<DataFolder> {
  const entries = await listEntries(dir);
  const layout = await layoutOf(dir, entries);
  const { pairs: found, ...contents } = await layout.contents(dir, entries, onFaults);
  const origins = entries.includes('patients.json')
    ? parsePatients(
        await readText(join(dir, 'patients.json')),
        found.map(({ name }) => name),
        join(dir, 'patients.json'),
      )
    : undefined;
  const pairs = origins ? found.map((pair) => ({ ...pair, ...origins.get(pair.name) })) : found;
  const byName = new Map(pairs.map((pair) => [pair.name, pair]));
  const names = [...byName.keys()];
  const splitFile = entries.includes('split.json') ? join(dir, 'split.json') : undefined;
  return {
    dir,
    ...contents,
    skipped: contents.skipped.filter((path) => !ABOUT.includes(relative(dir, path))),
    pairs,
    byName,
    ...(splitFile && { splitFile }),
    async split(seed, plan) {
      if (splitFile) return parseSplit(await readText(splitFile), names, splitFile);
      const originOf = (name: string) => byName.get(name);
      return plan ? drawPlanned(plan, names, seed, dir, originOf) : drawSplit(names, seed, dir, originOf);
    },
  };
}

async function layoutOf(dir: string, entries: readonly string[]): Promise<FolderFormat> {
  for (const layout of LAYOUTS) if (await layout.recognises(dir, entries)) return layout;
  const found = entries.length ? `found ${summary(entries)}` : 'it is empty';
  const expected = LAYOUTS.map((layout) => layout.expected).join(', or ');
  throw new InputError(`${dir}: not a data folder: expected ${expected} in it, ${found}`);
}

async function listEntries(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new InputError(`${dir}: no such folder`);
    if (code === 'ENOTDIR') throw new InputError(`${dir}: a file, not a folder; give the folder that holds images/`);
    throw new InputError(`${dir}: cannot be listed: ${code}`);
  }
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}

function summary(entries: readonly string[]): string {
  const shown = entries.slice(0, 4).join(', ');
  return entries.length > 4 ? `${shown} and ${entries.length - 4} more` : shown;
}
