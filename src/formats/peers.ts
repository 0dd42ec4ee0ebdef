/** Readers that are optional packages, imported only where a file needs them. */
import { InputError } from '../base/errors.js';

/** An optional package. */
export interface Peer<Module> {
  /** Its name on npm. */
  readonly name: string;
  /**
   * Imports it. The name stands in the code as a literal, so that bundlers find the package where it is installed; and
   * there is a `catch(rethrow)`, by which they know that it may be missing.
   */
  load(): Promise<Module>;
}

/** The handler of an import that may fail. */
export function rethrow(error: unknown): never {
  throw error;
}

/**
 * Imports an optional package.
 * @param what the file and what the package does for it, for the error: `scan.tif: a TIFF image`
 * @throws InputError that says how to install it where it is missing
 */
export async function loadPeer<Module>({ name, load }: Peer<Module>, what: string): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Browsers have no codes: there, every failure to load a module is a TypeError.
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`);
    if (!isMissing && !(error instanceof TypeError)) throw error;
    throw new InputError(`${what}: it is read by the optional package ${name}; npm install ${name}`);
  }
}
