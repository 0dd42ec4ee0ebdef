/** The files of a folder in memory, whose owner can be killed between any two steps. */
import type { FolderStore } from '../../../src/platform/folder-store.js';

/** The error of a step that was not done any more. */
export class Killed extends Error {}

export class MemoryFolder implements FolderStore {
  readonly path = 'run';
  /** How many steps were begun. A write of parts has one for each part, and one for forcing it to the disk. */
  steps = 0;

  /** @param killAt the step before which the owner is killed */
  constructor(
    readonly files: Map<string, Uint8Array> = new Map(),
    readonly killAt = Number.POSITIVE_INFINITY,
  ) {}

  pathOf(name: string): string {
    return `${this.path}/${name}`;
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.files.get(name)?.slice();
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#step();
    this.files.set(name, bytes.slice());
  }

  async append(name: string, line: string): Promise<void> {
    this.#step();
    const before = new TextDecoder().decode(this.files.get(name));
    this.files.set(name, new TextEncoder().encode(`${before}${line}\n`));
  }

  async writeParts(name: string, parts: readonly Uint8Array[]): Promise<void> {
    this.#step();
    let written: number[] = [];
    this.files.set(name, new Uint8Array());
    for (const part of parts) {
      this.#step();
      written = [...written, ...part];
      this.files.set(name, Uint8Array.from(written));
    }
    this.#step();
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step();
    const bytes = this.files.get(from);
    if (!bytes) throw new Error(`no ${from}`);
    this.files.set(to, bytes);
    this.files.delete(from);
  }

  async remove(name: string): Promise<void> {
    this.#step();
    this.files.delete(name);
  }

  async sync(): Promise<void> {
    this.#step();
  }

  async failure(_: string, error: unknown): Promise<Error> {
    return error as Error;
  }

  async clearUp(): Promise<void> {}

  /** Who was killed does nothing any more, nor clears anything up. */
  #step(): void {
    if (++this.steps >= this.killAt) throw new Killed();
  }
}
