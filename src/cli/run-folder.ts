/** Where a training run puts its files, and what is left of it when it fails. */
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../base/errors.js';
import type { Dataset } from '../data/dataset.js';
import { fileError } from '../files/errors.js';
import { RunFolder } from '../train/run.js';

/**
 * A folder that is empty or not there yet: `out`, or else the first of runs/NAME, runs/NAME-2, …
 * @throws InputError when `out` is something else
 */
export async function freePath(out: string | undefined, { source, name }: Dataset): Promise<string> {
  if (out === undefined) {
    const base = join('runs', source === 'synthetic' ? 'phantom' : name);
    let path = base;
    for (let n = 2; existsSync(path); n++) path = `${base}-${n}`;
    return path;
  }
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw fileError(out, 'created', error, '');
  });
  if (entries.length === 0) return out;
  throw new InputError(`${out}: exists and is not empty; give another folder with --out`);
}

/**
 * Makes the run folder and does `work` in it. When that fails before there is a model, the folder goes again, with those
 * above it that were made for it; later, the error says where the best model is.
 */
export async function inRunFolder(
  path: string,
  config: Readonly<Record<string, unknown>>,
  work: (folder: RunFolder) => Promise<void>,
): Promise<void> {
  let existing = resolve(path);
  while (!existsSync(existing)) existing = dirname(existing);
  let folder: RunFolder | undefined;
  try {
    folder = await RunFolder.create(path, config);
    await work(folder);
  } catch (error) {
    if (!folder || !existsSync(folder.model)) await withdraw(path, existing);
    else if (error instanceof Error) error.message += `; the best model so far is in ${folder.model}`;
    throw error;
  }
}

/** What cannot be removed, or is not empty, stays. */
async function withdraw(path: string, existing: string): Promise<void> {
  for (const name of ['config.json', 'metrics.jsonl']) await rm(join(path, name), { force: true }).catch(() => {});
  for (let folder = resolve(path); folder !== existing; folder = dirname(folder)) await rmdir(folder).catch(() => {});
}
