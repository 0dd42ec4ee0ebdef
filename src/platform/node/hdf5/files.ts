/**
 * The file system that the HDF5 library sees. It is in memory and holds the file at hand, but devices as well; so the
 * library may open this one file and new ones, whatever a file says of others.
 */
import { fileURLToPath } from 'node:url';

type FileSystem = typeof import('h5wasm')['Module']['FS'];

/** The option of a file in memory by which its bytes are not copied. (The types of h5wasm do not have it.) */
const OWNED: object = { canOwn: true };
/** The path while there is no file. */
const NOWHERE = '';
/** O_CREAT and O_EXCL: a file that was not there before, as the library makes for its error reports. */
const NEW = 0o300;

export class OneFile {
  /** The path of the current file. It is random, as a file could name itself as its external storage. */
  #path = NOWHERE;
  #askedForOthers = false;

  /** @throws Error where the file system is not in memory, but that of the machine */
  constructor(readonly fs: FileSystem) {
    const own = fileURLToPath(import.meta.url);
    if (fs.analyzePath(own).exists) throw new Error('internal: h5wasm would see the files of this machine');
    const open = fs.open;
    fs.open = (path, flags, ...more) => {
      const isAllowed = path === this.#path || (Number(flags) & NEW) === NEW;
      if (!isAllowed) this.#askedForOthers = true;
      return open(isAllowed ? path : NOWHERE, flags, ...more);
    };
  }

  /** Whether the library has tried to open another file since `put`. */
  get askedForOthers(): boolean {
    return this.#askedForOthers;
  }

  /** Makes the file of these bytes. @returns its path */
  put(bytes: Uint8Array): string {
    this.#askedForOthers = false;
    this.#path = `/${crypto.randomUUID()}`;
    this.fs.writeFile(this.#path, bytes, OWNED);
    return this.#path;
  }

  /** Removes the file again. */
  remove(): void {
    this.fs.unlink(this.#path);
    this.#path = NOWHERE;
  }
}
