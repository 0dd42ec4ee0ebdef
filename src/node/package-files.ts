/**
 * Files that are read at run time: the kernels and the scripts of threads. Code that a bundler has put into one file no
 * longer lies beside them; they are then found in the installed package, as the bundle or the working directory sees it.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../base/errors.js';

/** Where this code lies; bundled as CommonJS it has no `import.meta.url`. */
const here = typeof __filename === 'undefined' ? import.meta.url : pathToFileURL(__filename).href;

let root: URL | undefined;

/**
 * A file of this package, by its path from `dist`: `wasm/unetpp.wasm`.
 * @throws InputError in a bundle that finds no package
 */
export function packageFile(path: string): URL {
  root ??= findRoot();
  return new URL(path, root);
}

function findRoot(): URL {
  const own = new URL('../../', here);
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
