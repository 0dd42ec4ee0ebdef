/**
 * Where the files are that a page loads beside its own script. Each is named by a literal, by which bundlers
 * look for (Vite, webpack): they find these files in the package and put them beside the bundle. One that leaves them alone
 * (esbuild) has them in the folders `wasm` and `workers` at the root of the site, or the page says where.
 */

/** The addresses of files, each as it is in the package unless it is given. */
export interface WebUrls {
  /** `unetpp.wasm`: the kernels for one thread. */
  readonly wasm?: string | URL;
  /** `unetpp-shared.wasm`: the kernels for several. */
  readonly sharedWasm?: string | URL;
  /** The script of the threads, `workers/web/thread-worker.js` bundled. */
  readonly thread?: string | URL;
  /** The script of the worker in which models of `loadModel` compute, `workers/web/segment-worker.js` bundled. */
  readonly segment?: string | URL;
}

/** The address of the kernels. They are looked up when they are asked for: not every bundle knows its own address. */
export function kernelsUrl({ wasm }: WebUrls): string | URL {
  return wasm ?? new URL('../../../wasm/unetpp.wasm', import.meta.url);
}

/** The address of the kernels of several threads. */
export function sharedKernelsUrl({ sharedWasm }: WebUrls): string | URL {
  return sharedWasm ?? new URL('../../../wasm/unetpp-shared.wasm', import.meta.url);
}

/** Starts a thread, see `threads/thread.ts`. */
export function newThread({ thread }: WebUrls): Worker {
  if (thread) return new Worker(thread, { type: 'module' });
  return new Worker(new URL('../../../workers/web/thread-worker.js', import.meta.url), { type: 'module' });
}

/** The same addresses as seen from the page, for a worker, which lies elsewhere. */
export function absolute(urls: WebUrls): WebUrls {
  const entries = Object.entries(urls).filter(([, url]) => url !== undefined);
  return Object.fromEntries(entries.map(([name, url]) => [name, new URL(url, location.href).href]));
}
