/**
 * A bound on the memory of the HDF5 library. While it unpacks, the library doubles its buffer for as long as the packed
 * bytes go on, whatever size they claim: 1.5 MB can grow to 1.5 GB. Only the growth of its memory can be refused, and
 * only in a thread that nothing else runs in (thread.ts): this changes WebAssembly for the whole thread.
 */

const PAGE = 65536;
const { grow } = WebAssembly.Memory.prototype;
let most = Number.POSITIVE_INFINITY;

WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
  if (this.buffer.byteLength + pages * PAGE > most) throw new RangeError(`more than ${most} bytes of memory`);
  return grow.call(this, pages);
};

/** Limits every WebAssembly memory of this thread to `bytes` from now on. */
export function limitMemory(bytes: number): void {
  most = bytes;
}
