/**
 * A disk as a power cut may find it. What a program writes is first in memory alone: bytes until their file is synced,
 * names (made, renamed, removed) until their folder is. Of what was not synced, a cut leaves anything: all, nothing, the
 * first part, the length with zeros for bytes; of the changes to the names in a folder, any of them without the others.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '../../src/base/random.js';
import { pick } from './campaign.js';
import type { Operation } from './file-operations.js';

const FOLDER = Symbol('folder');
const NOTHING = Buffer.alloc(0);

interface File {
  /** What the program reads. */
  bytes: Buffer;
  /** What was last forced to the disk. */
  synced: Buffer;
}

type Entry = File | typeof FOLDER;
type Names = Map<string, Entry>;
type Change = (names: Names) => void;

export class Disk {
  /** All files and folders by path, as the program sees them. */
  readonly #names: Names = new Map();
  /** The same as they are on the disk for sure. */
  readonly #synced: Names = new Map();
  /** The changes to the names in each folder that were not synced. */
  readonly #pending = new Map<string, Change[]>();

  /** All that is in the folder `root`, forced to the disk. */
  static holding(root: string): Disk {
    const disk = new Disk();
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      const isFolder = statSync(join(root, path)).isDirectory();
      const bytes = isFolder ? NOTHING : readFileSync(join(root, path));
      const entry = isFolder ? FOLDER : { bytes, synced: bytes };
      disk.#names.set(path, entry);
      disk.#synced.set(path, entry);
    }
    return disk;
  }

  /** A file as the program sees it. */
  read(path: string): Uint8Array | undefined {
    const entry = this.#names.get(path);
    return entry === FOLDER ? undefined : entry?.bytes;
  }

  do(operation: Operation): void {
    const { kind, path } = operation;
    const entry = this.#names.get(path);
    const file = entry === FOLDER ? undefined : entry;
    if (kind === 'folder') this.#change(path, (names) => void names.set(path, FOLDER));
    else if (kind === 'remove') this.#change(path, (names) => void names.delete(path));
    else if (kind === 'link') this.#change(operation.to, (names) => void names.set(operation.to, entry!));
    else if (kind === 'rename') {
      this.#change(operation.to, (names) => {
        names.delete(path);
        names.set(operation.to, entry!);
      });
    } else if (kind === 'open') {
      const made = { bytes: NOTHING, synced: NOTHING };
      if (file && operation.empties) file.bytes = NOTHING;
      if (!file) this.#change(path, (names) => void names.set(path, made));
    } else if (kind === 'write') file!.bytes = Buffer.concat([file!.bytes, Buffer.from(operation.base64, 'base64')]);
    else if (kind === 'truncate') file!.bytes = file!.bytes.subarray(0, operation.length);
    else if (file) file.synced = file.bytes;
    else {
      for (const change of this.#pending.get(path) ?? []) change(this.#synced);
      this.#pending.delete(path);
    }
  }

  /** Writes into `root` what a power cut leaves now. */
  cut(root: string, random: Random): void {
    const names: Names = new Map(this.#synced);
    for (const changes of this.#pending.values()) for (const change of survivors(changes, random)) change(names);
    const paths = [...names.keys()].sort().filter((path) => isReachable(path, names));
    for (const path of paths) {
      const entry = names.get(path)!;
      if (entry === FOLDER) mkdirSync(join(root, path));
      else writeFileSync(join(root, path), remains(entry, random));
    }
  }

  #change(path: string, change: Change): void {
    change(this.#names);
    const folder = dirname(path);
    const pending = this.#pending.get(folder) ?? [];
    this.#pending.set(folder, [...pending, change]);
  }
}

/** Whether all folders above `path` are there. */
function isReachable(path: string, names: Names): boolean {
  const above = dirname(path);
  return above === '.' || (names.get(above) === FOLDER && isReachable(above, names));
}

/** All, none, the first or any of the changes. */
function survivors(changes: readonly Change[], random: Random): Change[] {
  const way = pick(random, ['all', 'none', 'first', 'any', 'any'] as const);
  const upTo = random.integer(changes.length + 1);
  return changes.filter((_, k) => {
    const one = random.integer(2) === 1;
    if (way === 'first') return k < upTo;
    return way === 'any' ? one : way === 'all';
  });
}

/** The bytes that a cut leaves of a file. */
function remains({ bytes, synced }: File, random: Random): Buffer {
  if (bytes === synced) return bytes;
  const way = pick(random, ['all', 'none', 'cut', 'zeros'] as const);
  if (way === 'all') return bytes;
  if (way === 'none') return synced;
  const same = bytes.subarray(0, synced.length).equals(synced) ? synced.length : 0;
  const kept = same + random.integer(bytes.length - same + 1);
  if (way === 'cut') return bytes.subarray(0, kept);
  return Buffer.concat([bytes.subarray(0, kept), Buffer.alloc(bytes.length - kept)]);
}
