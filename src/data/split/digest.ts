/** A digest of a split, by which two trainings are known to have had the same. */
import { sha256Portable } from '../../base/sha256.js';
import { type Split, subsets } from './split.js';

/** SHA-256 of the names in each subset, whatever their order. */
export function splitDigest(split: Split): string {
  const names = subsets.map((subset) => [...split[subset]].sort());
  return sha256Portable(new TextEncoder().encode(JSON.stringify(names)));
}
