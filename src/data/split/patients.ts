/** The patients of the images: patients.json, and the rule that no patient is in two subsets. */
import { InputError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { show } from '../../base/show.js';
import type { Origin } from '../record.js';
import { type Split, subsets } from './split.js';

const EXPECTED = 'expected {"NAME": {"patient": "ID", "label": "DIAGNOSIS"}, ...}, "label" if you like';

/**
 * Reads the text of a patients.json: whom each image shows, and a class of the image as a whole.
 * @param known the names of the images, each of which must be in it; others are ignored
 * @throws InputError on broken JSON, another structure, or an image that it leaves out
 */
export function parsePatients(text: string, known: readonly string[], file: string): Map<string, Origin> {
  const json = parseJson(text, file);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new InputError(`${file}: ${EXPECTED}`);
  const origins = new Map(Object.entries(json).map(([name, entry]) => [name, parseOrigin(name, entry, file)]));
  const missing = known.find((name) => !origins.has(name));
  if (missing !== undefined) throw new InputError(`${file}: says nothing of ${show(missing)}; ${EXPECTED}`);
  return origins;
}

function parseOrigin(name: string, entry: unknown, file: string): Origin {
  const { patient, label } = (typeof entry === 'object' ? (entry ?? {}) : {}) as Record<string, unknown>;
  const isText = (value: unknown) => typeof value === 'string' || typeof value === 'number';
  if (!isText(patient) || patient === '' || (label !== undefined && !isText(label))) {
    throw new InputError(`${file}: the entry of ${show(name)} is ${show(entry)}; ${EXPECTED}`);
  }
  return { patient: String(patient), ...(label !== undefined && { label: String(label) }) };
}

/** Two images that should not be in different subsets. */
export interface Leak {
  readonly names: readonly [string, string];
  readonly subsets: readonly [string, string];
}

/** Finds the first two images in different subsets that have the same value; images without a value are ignored. */
function findLeak(split: Split, keyOf: (name: string) => string | undefined): Leak | undefined {
  const first = new Map<string, { name: string; subset: string }>();
  for (const subset of subsets) {
    for (const name of split[subset]) {
      const value = keyOf(name);
      if (value === undefined) continue;
      const other = first.get(value);
      if (other && other.subset !== subset) return { names: [other.name, name], subsets: [other.subset, subset] };
      if (!other) first.set(value, { name, subset });
    }
  }
  return undefined;
}

/** @throws InputError where images of one patient are in two subsets: a model would be judged on whom it was trained on */
export function requireSeparatePatients(
  split: Split,
  originOf: (name: string) => Origin | undefined,
  file: string,
): void {
  const leak = findLeak(split, (name) => originOf(name)?.patient);
  if (!leak) return;
  const patient = originOf(leak.names[0])!.patient;
  throw new InputError(`${file}: ${inWords(leak)} are of one patient, ${patient}; keep a patient in one subset`);
}

/** `"a" (train) and "b" (validation)` */
export function inWords({ names, subsets }: Leak): string {
  return `${show(names[0])} (${subsets[0]}) and ${show(names[1])} (${subsets[1]})`;
}
