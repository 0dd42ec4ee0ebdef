/** What lies in the package beside the code: the kernels, and the scripts of threads. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../base/errors.js';

const START = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * Where a file of the package is, from its root on.
 * @throws InputError where it is missing: a thread would only be silent without its script
 */
export function packageFile(path: string): URL {
  const url = new URL(`../../${path}`, import.meta.url);
  if (existsSync(url)) return url;
  throw broken(url, 'missing from the installation');
}

/**
 * The bytes of a build of the kernels.
 * @throws InputError where it is missing or cut short
 */
export function readKernels(name: string): Uint8Array<ArrayBuffer> {
  const url = packageFile(`wasm/${name}.wasm`);
  const code = Uint8Array.from(readFileSync(url));
  if (isWhole(code)) return code;
  throw broken(url, `damaged: ${code.length} bytes that are no whole WebAssembly module`);
}

/** Whether the sections of a module, each with its size before it, end where the file ends. */
export function isWhole(code: Uint8Array): boolean {
  if (!START.every((byte, k) => code[k] === byte)) return false;
  let at = START.length;
  while (at < code.length) {
    let size = 0;
    // LEB128: seven bits a byte, the lowest first; the highest bit says that more follow. One byte names the section.
    for (let shift = 1; ; shift *= 128) {
      const byte = code[++at];
      if (byte === undefined) return false;
      size += (byte & 127) * shift;
      if (byte < 128) break;
    }
    at += 1 + size;
  }
  return at === code.length && code.length > START.length;
}

function broken(url: URL, what: string): InputError {
  return new InputError(`${fileURLToPath(url)}: ${what}; install unetpp again`);
}
