/** The report of `unetpp check` on a data folder. */

import type { FolderCheck } from '../../app/data/check-folder.js';
import { few, grouped, percent, plural } from '../../base/quantities.js';
import { duplicatesAmong, type ImageFacts } from '../../data/folder/survey.js';
import { subsets } from '../../data/split/split.js';
import { type FileSummary, fileLine } from './file-list.js';
import { channelsText, vanishedText } from './words.js';

/** The result as JSON. */
export interface CheckSummary {
  readonly data: string;
  readonly images: number;
  readonly splitOrigin: 'split.json' | 'drawn';
  readonly subsets: readonly SubsetSummary[];
  /** How many images have each size, `512x512`, the most frequent first. */
  readonly sizes: Readonly<Record<string, number>>;
  /** How many images are of each kind, `8-bit RGB` and so on. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The least and the greatest value of all images, and the median of the greatest values of each. */
  readonly values: { readonly least: number; readonly greatest: number; readonly medianGreatest: number };
  /** The fraction of all pixels that each class has, and the images that show it; the background first. */
  readonly classes: readonly { readonly name: string; readonly share: number; readonly images: number }[];
  readonly emptyMasks: readonly string[];
  /** How many objects of masks vanish when train resizes them to `size` x `size`, and the images that they are in. */
  readonly vanished: { readonly size: number; readonly objects: number; readonly images: readonly string[] };
  /** The names of images with the same pixels, in groups. */
  readonly duplicates: readonly (readonly string[])[];
  /** What is worth a second look, one line each. */
  readonly remarks: readonly string[];
  /** What each file holds, where that is asked for. */
  readonly files?: readonly FileSummary[];
  /** Files that are neither images nor masks. */
  readonly skipped: readonly string[];
  /** What training would refuse, one line each; these images are in none of the figures. */
  readonly faults: readonly string[];
}

interface SubsetSummary {
  readonly name: string;
  readonly images: number;
  /** How many patients there are; null where they are not known. */
  readonly patients: number | null;
  readonly labels: Readonly<Record<string, number>>;
}

/** How many remarks of a kind are listed. */
const FEW = 5;

/** @param size the width and height that objects of masks may vanish at */
export function summaryOf({ folder, facts, faults, namesPatients }: FolderCheck, size: number): CheckSummary {
  const greatest = facts.map((fact) => fact.greatest).sort((a, b) => a - b);
  const pixels = facts.reduce((sum, { width, height }) => sum + width * height, 0);
  const classes = ['background', ...folder.classNames].map((name, k) => ({
    name,
    share: facts.reduce((sum, fact) => sum + fact.pixels[k]!, 0) / Math.max(1, pixels),
    images: facts.filter((fact) => fact.pixels[k]! > 0).length,
  }));
  const partial = {
    data: folder.dir,
    images: facts.length,
    splitOrigin: folder.splitFile ? ('split.json' as const) : ('drawn' as const),
    subsets: [...subsets, undefined].map((name) => subsetSummary(name, facts)).filter(({ images }) => images > 0),
    sizes: counts(facts.map(({ width, height }) => `${width}x${height}`)),
    kinds: counts(facts.map(kindOf)),
    values: {
      least: facts.reduce((least, fact) => Math.min(least, fact.least), facts[0]?.least ?? 0),
      greatest: greatest.at(-1) ?? 0,
      medianGreatest: greatest[Math.floor(greatest.length / 2)] ?? 0,
    },
    classes,
    emptyMasks: facts.filter((fact) => fact.pixels.slice(1).every((count) => count === 0)).map(({ name }) => name),
    vanished: {
      size,
      objects: facts.reduce((sum, { vanished }) => sum + vanished, 0),
      images: namesOf(facts.filter(({ vanished }) => vanished > 0)),
    },
    duplicates: duplicatesAmong(facts).map(namesOf),
  };
  return {
    ...partial,
    remarks: facts.length > 0 ? remarks(partial, facts, namesPatients) : [],
    skipped: folder.skipped,
    faults,
  };
}

function subsetSummary(subset: ImageFacts['subset'], facts: readonly ImageFacts[]): SubsetSummary {
  const own = facts.filter((fact) => fact.subset === subset);
  const patients = own.flatMap(({ patient }) => patient ?? []);
  return {
    name: subset ?? 'in no subset',
    images: own.length,
    patients: patients.length > 0 ? new Set(patients).size : null,
    labels: counts(own.flatMap(({ label }) => label ?? [])),
  };
}

/** `8-bit grey with alpha`, say. */
function kindOf({ bits, channels, hasAlpha }: ImageFacts): string {
  return `${bits}-bit ${channelsText(channels)}${hasAlpha ? ' with alpha' : ''}`;
}

/** Counts values, the most frequent first, though JavaScript puts whole numbers before all others, ascending. */
function counts(values: readonly string[]): Record<string, number> {
  const found = new Map<string, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return Object.fromEntries([...found].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

function remarks(
  summary: Omit<CheckSummary, 'remarks' | 'files' | 'skipped' | 'faults'>,
  facts: readonly ImageFacts[],
  namesPatients: boolean,
): string[] {
  const { kinds, values, emptyMasks, classes, vanished } = summary;
  const across = duplicatesAmong(facts).filter((duplicates) => subsetCount(duplicates) > 1);
  const within = duplicatesAmong(facts).filter((duplicates) => subsetCount(duplicates) === 1);
  const divided = [...byPatient(facts)].filter(([, own]) => subsetCount(own) > 1);
  const dark = facts.filter(({ bits, greatest }) => greatest < (bits === 8 ? 64 : 16384));
  const flat = facts.filter(({ least, greatest }) => least === greatest);
  const lost = vanishedText(facts, vanished);
  const absent = classes.slice(1).filter(({ images }) => images === 0);
  return [
    ...across.map((duplicates) => `the same image in different subsets: ${places(duplicates)}; keep it in one`),
    ...divided.slice(0, FEW).map(([patient, own]) => {
      const who = namesPatients ? `patient ${patient}` : `the patient of ${own[0]!.name}`;
      return `${who} is in different subsets: ${places(own)}; keep a patient in one`;
    }),
    ...(divided.length > FEW
      ? [`${plural(divided.length - FEW, 'more patient')} in different subsets, ${divided.length} in all`]
      : []),
    ...facts.flatMap(({ name, remarks = [] }) => remarks.map((text) => `${name}: ${text}`)),
    ...within.map((duplicates) => `the same image more than once: ${duplicates.map(({ name }) => name).join(', ')}`),
    ...(flat.length ? [`${plural(flat.length, 'image')} with a single value: ${few(namesOf(flat))}`] : []),
    ...(emptyMasks.length ? [`${plural(emptyMasks.length, 'mask')} without foreground: ${few(emptyMasks)}`] : []),
    ...(lost === undefined ? [] : [lost]),
    ...absent.map(({ name }) => `no mask shows the class "${name}"`),
    ...(Object.keys(kinds).length > 1
      ? [`images of different kinds: ${listed(kinds)}; all are converted to the same number of channels`]
      : []),
    ...(dark.length * 2 > facts.length
      ? [
          `most images use less than a quarter of their range (median of the maxima ${values.medianGreatest}); train with --normalise percentile or zscore`,
        ]
      : []),
  ];
}

function namesOf(facts: readonly ImageFacts[]): string[] {
  return facts.map(({ name }) => name);
}

/** Counts the subsets that images are in. */
function subsetCount(facts: readonly ImageFacts[]): number {
  return new Set(facts.flatMap(({ subset }) => subset ?? [])).size;
}

function byPatient(facts: readonly ImageFacts[]): Map<string, ImageFacts[]> {
  const patients = new Map<string, ImageFacts[]>();
  for (const fact of facts) {
    if (fact.patient === undefined) continue;
    patients.set(fact.patient, [...(patients.get(fact.patient) ?? []), fact]);
  }
  return patients;
}

/** Lists an image of each subset: `a (train), b (validation)`. */
function places(facts: readonly ImageFacts[]): string {
  const firsts = subsets.flatMap((subset) => facts.find((fact) => fact.subset === subset) ?? []);
  return firsts.map(({ name, subset }) => `${name} (${subset})`).join(', ');
}

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const shown = entries.slice(0, 4).map(([name, count]) => `${name} (${grouped(count)})`);
  return shown.join(', ') + (entries.length > 4 ? ` and ${entries.length - 4} more` : '');
}

/** Writes the report. @param sheet the path of the picture, where one was written */
export function checkLines(summary: CheckSummary, sheet: string | null): string[] {
  const { data, images, splitOrigin, sizes, kinds, values, classes, emptyMasks, duplicates } = summary;
  const subsetLine = ({ name, images, patients, labels }: SubsetSummary) =>
    [
      `  ${name}: ${plural(images, 'image')}`,
      ...(patients === null ? [] : [`of ${plural(patients, 'patient')}`]),
      ...(Object.keys(labels).length ? [`labels ${listed(labels)}`] : []),
    ].join(', ');
  const figures = [
    `sizes     ${listed(sizes)}`,
    `values    ${listed(kinds)}, from ${values.least} to ${values.greatest}`,
    `classes   ${classes.map(({ name, share, images }) => `${name} ${percent(share)} of pixels, in ${plural(images, 'image')}`).join('; ')}`,
    `empty     ${plural(emptyMasks.length, 'mask')}`,
    `twice     ${plural(duplicates.length, 'image')}`,
    `split     ${splitOrigin === 'drawn' ? 'drawn, as there is no split.json' : 'from split.json'}`,
    ...summary.subsets.map(subsetLine),
  ];
  return [
    `data      ${data}: ${plural(images, 'image')} with masks`,
    ...(images > 0 ? figures : []),
    ...(summary.files ?? []).map((file) => `file      ${fileLine(file)}`),
    ...summary.skipped.map((path) => `skipped   ${path}`),
    ...summary.remarks.map((remark) => `remark    ${remark}`),
    ...summary.faults.map((fault) => `fault     ${fault}`),
    ...(sheet === null ? [] : [`picture   ${sheet}`]),
  ];
}
