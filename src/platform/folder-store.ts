/** The files of one folder that this process alone writes to, whatever keeps them: a disk, or the storage of a page. */
export interface FolderStore {
  readonly path: string;
  /** The path of a file in the folder, for messages. */
  pathOf(name: string): string;
  /** Whether there is a file of this name. */
  has(name: string): boolean;
  /**
   * All bytes of a file; undefined where there is none.
   * @throws InputError that names the file and the reason
   */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Writes a file, whole or not at all. @throws InputError that names the file and the reason */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Adds a line to a file, which is made where there is none, and forces it to the disk. A last line that was cut short
   * goes first.
   * @throws InputError that names the file and the reason
   */
  append(name: string, line: string): Promise<void>;
  /** Writes a file in consecutive parts, over an older one too, and forces it to the disk; it may fail with `failure`. */
  writeParts(name: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Gives a file another name, that of another file too; it may fail with `failure`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, where there is one; it may fail with `failure`. */
  remove(name: string): Promise<void>;
  /** Forces the names in the folder to the disk; it may fail with `failure`. */
  sync(): Promise<void>;
  /** What a step has failed with in one line, as the reason why the file `name` cannot be written. */
  failure(name: string, error: unknown): Promise<Error>;
  /** Removes what a killed process was writing. @throws InputError that names the folder and the reason */
  clearUp(): Promise<void>;
}
