/** A data folder of any format, with what its other files say of the images: the split and the patients. */
import { InputError } from '../../base/errors.js';
import { type OnFaults, refuse } from '../faults.js';
import { parsePatients } from '../split/patients.js';
import { type DrawnSplit, drawPlanned } from '../split/plan.js';
import { drawSplit, parseSplit, type Split } from '../split/split.js';
import { beside } from './beside.js';
import { decathlon } from './decathlon.js';
import { dsb2018 } from './dsb2018.js';
import { figshare } from './figshare.js';
import { type Files, readText, UnlistedFolder } from './files.js';
import type { Contents, FolderFormat, FolderRecord, ListedFolder, ReadingOptions } from './format.js';
import { pairedFolders } from './paired-folders.js';

/** What a data folder holds, with what its split.json and patients.json say. */
export interface DataFolder extends Omit<Contents, 'records'> {
  readonly dir: string;
  /** By their names, in the order of the names. */
  readonly records: ReadonlyMap<string, FolderRecord>;
  /** The path of its split.json. */
  readonly splitFile?: string;
  /**
   * Reads split.json, or draws a split: a fifth for validation, or as `plan` says (see `completePlan`).
   * @throws InputError for a split.json that does not fit the images, or images from which no such split can be drawn
   */
  split(seed: number, plan?: DrawnSplit): Promise<Split>;
}

/** The files that are read beside the images. */
const ABOUT: readonly string[] = ['split.json', 'patients.json', 'classes.json'];

/** The formats, in the order in which they are tried. */
const FORMATS: readonly FolderFormat[] = [pairedFolders, decathlon, figshare, dsb2018, beside];

/**
 * Reads a data folder but for its pixels: recognises its format by what is in it, pairs images and masks, and checks
 * each image as far as its headers go.
 * @param onFaults receives files that cannot be used: an image or mask alone, sizes that differ. Default: throws
 * @throws InputError in one line where there is no such folder, or it has none of the formats
 */
export async function readDataFolder(
  files: Files,
  dir: string,
  { onFaults = refuse, ...reading }: ReadingOptions & { readonly onFaults?: OnFaults } = {},
): Promise<DataFolder> {
  const entries = await listEntries(files, dir);
  const listed = { files, dir, entries, reading };
  const format = await formatOf(listed);
  const { records: found, hasIdentities, ...contents } = await format.contents(listed, onFaults);
  const pathOf = (name: string) => (entries.includes(name) ? files.join(dir, name) : undefined);
  const patientsFile = pathOf('patients.json');
  const origins = patientsFile
    ? parsePatients(
        await readText(files, patientsFile),
        found.map(({ name }) => name),
        patientsFile,
      )
    : undefined;
  const records = new Map(found.map((record) => [record.name, { ...record, ...origins?.get(record.name) }]));
  const names = [...records.keys()];
  const splitFile = pathOf('split.json');
  const about = ABOUT.map(pathOf);
  return {
    dir,
    ...contents,
    ...(hasIdentities && !origins && { hasIdentities }),
    skipped: contents.skipped.filter((path) => !about.includes(path)),
    records,
    ...(splitFile && { splitFile }),
    async split(seed, plan) {
      if (splitFile) return parseSplit(await readText(files, splitFile), names, splitFile);
      const originOf = (name: string) => records.get(name);
      return plan ? drawPlanned(plan, names, seed, dir, originOf) : drawSplit(names, seed, dir, originOf);
    },
  };
}

/** Whether a folder has one of the formats of data folders, whatever else is wrong with it. */
export async function isDataFolder(files: Files, dir: string): Promise<boolean> {
  return (await recognised({ files, dir, entries: await listEntries(files, dir), reading: {} })) !== undefined;
}

async function recognised(folder: ListedFolder): Promise<FolderFormat | undefined> {
  for (const format of FORMATS) if (await format.recognises(folder)) return format;
  return undefined;
}

async function formatOf(folder: ListedFolder): Promise<FolderFormat> {
  const { dir, entries } = folder;
  const format = await recognised(folder);
  if (format) return format;
  const found = entries.length ? `found ${summary(entries)}` : 'it is empty';
  const expected = FORMATS.map((format) => format.expected).join(', or ');
  throw new InputError(`${dir}: not a data folder: expected ${expected} in it, ${found}`);
}

async function listEntries(files: Files, dir: string): Promise<string[]> {
  try {
    return (await files.list(dir)).map(({ name }) => name).sort();
  } catch (error) {
    const code = error instanceof UnlistedFolder ? error.code : undefined;
    if (code === 'ENOENT') throw new InputError(`${dir}: no such folder`);
    if (code === 'ENOTDIR') throw new InputError(`${dir}: a file, not a folder; give the folder that holds images/`);
    throw error;
  }
}

function summary(entries: readonly string[]): string {
  const shown = entries.slice(0, 4).join(', ');
  return entries.length > 4 ? `${shown} and ${entries.length - 4} more` : shown;
}
