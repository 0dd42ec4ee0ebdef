/**
 * Files that are read at run time: the kernels, the scripts of threads, and models. Code that a bundler has put into one file no
 * longer lies beside them; they are then found in the installed package, as the bundle or the working directory sees it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError } from '../../base/errors.js';
import { isWholeModule } from './whole-module.js';

/** The URL of this code; bundled as CommonJS it has no `import.meta.url`. */
const here = typeof __filename === 'undefined' ? import.meta.url : pathToFileURL(__filename).href;

let root: URL | undefined;

/**
 * Finds a file of this package, by its path from `dist`: `wasm/unetpp.wasm`.
 * @throws InputError where it is missing, as a thread would only be silent without its script, and in a bundle that
 *   finds no package
 */
export function packageFile(path: string): URL {
  root ??= findRoot();
  const url = new URL(path, root);
  if (existsSync(url)) return url;
  throw broken(url, 'missing from the installation');
}

/**
 * Reads the bytes of a build of the kernels.
 * @throws InputError where it is missing or cut short
 */
export function readKernels(name: string): Uint8Array<ArrayBuffer> {
  const url = packageFile(`wasm/${name}.wasm`);
  const code = Uint8Array.from(readFileSync(url));
  if (isWholeModule(code)) return code;
  throw broken(url, `damaged: ${code.length} bytes that are no whole WebAssembly module`);
}

/** The SHA-256 of all builds of the kernels together, its first digits: what computes the same bits. */
export function kernelsDigest(): string {
  const hash = createHash('sha256');
  for (const build of ['', '-shared', '-relaxed', '-shared-relaxed']) hash.update(readKernels(`unetpp${build}`));
  return hash.digest('hex').slice(0, 12);
}

/** The folder of models in a checkout of the repository; an installed package has none. */
export function packageModels(): string {
  root ??= findRoot();
  return fileURLToPath(new URL('../models', root));
}

function broken(url: URL, what: string): InputError {
  return new InputError(`${fileURLToPath(url)}: ${what}; install unetpp again`);
}

function findRoot(): URL {
  const own = new URL('../../../', here);
  if (existsSync(new URL('wasm/unetpp.wasm', own))) return own;
  for (const from of [here, join(process.cwd(), 'from')]) {
    try {
      return new URL('dist/', pathToFileURL(createRequire(from).resolve('unetpp/package.json')));
    } catch {
      // Not from there.
    }
  }
  throw new InputError(
    'unetpp: a bundle reads its kernels from the package; run `npm install unetpp` where the bundle lies',
  );
}
