/** Checks that the bytes of a WebAssembly module are complete, so that the error is ours and not the compiler's. */

/** The magic number and the version. */
const START = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Whether the sections of a module, each with its size before it, end where the file ends. */
export function isWholeModule(code: Uint8Array): boolean {
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
