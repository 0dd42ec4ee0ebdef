/** The machine that this page runs on, as far as a browser tells. */

const GIGABYTE = 2 ** 30;

/** What a machine is taken to have whose browser does not say: Firefox and Safari do not. */
const USUAL_GIGABYTES = 4;

/** The most that WebAssembly can have, all of it in one memory. */
const MOST = 4 * GIGABYTE;

/**
 * Returns how many bytes of memory a page may take: half of what the machine has, as the browser rounds it (8 GB at most),
 * and never more than one WebAssembly memory can have. Nothing tells what is free.
 */
export function availableMemory(): number {
  const { deviceMemory = USUAL_GIGABYTES } = navigator as { readonly deviceMemory?: number };
  return Math.min(MOST, (deviceMemory * GIGABYTE) / 2);
}

/** How many bytes of memory the page takes: not known, as no browser tells. */
export function residentMemory(): number | undefined {
  return undefined;
}
