/** How a split was drawn, in words. */
import { grouped } from '../../base/quantities.js';
import type { Dataset } from '../../data/dataset.js';
import { subsets } from '../../data/split/split.js';

/** Describes a drawn split: `80%,10%,10% by patient: 2,452, 306 and 306 images of …`; undefined where none was drawn. */
export function splitText({ drawn, split, records }: Dataset): string | undefined {
  if (!drawn) return undefined;
  const patients = subsets.map((subset) => new Set(split[subset].map((name) => records.get(name)?.patient ?? name)));
  const text = `${drawn.sizes} by ${drawn.by}: ${listed(subsets.map((subset) => split[subset].length))} images`;
  const counts = patients.map(({ size }) => size);
  if (drawn.by === 'patient') return `${text} of ${listed(counts)} patients`;
  const together = new Set(patients.flatMap((names) => [...names])).size;
  const divided = counts.reduce((sum, count) => sum + count) > together;
  return divided ? `${text}, some patients in several of these` : text;
}

function listed(counts: readonly number[]): string {
  return `${counts.slice(0, -1).map(grouped).join(', ')} and ${grouped(counts.at(-1)!)}`;
}
