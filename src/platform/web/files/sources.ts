/** Files of the browser as sources of bytes. */
import { InputError } from '../../../base/errors.js';
import { type ByteSource, readAll } from '../../../formats/source.js';

/** A file whose bytes are read where they are asked for. @param path its name for errors */
export function fileSource(file: File, path: string): ByteSource {
  return {
    name: path,
    size: file.size,
    async read(offset, length) {
      try {
        return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
      } catch (error) {
        const reason = 'it was changed or removed since it was given to the page; give it again';
        throw new InputError(`${path}: cannot be read: ${reason} (${(error as DOMException).name})`, { cause: error });
      }
    },
  };
}

/** Reads all bytes of a file, within the bound for whole files. */
export function fileBytes(file: File, path: string): Promise<Uint8Array> {
  return readAll(fileSource(file, path));
}
