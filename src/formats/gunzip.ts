/**
 * Inflates gzip files piece by piece, by the `DecompressionStream` of Node and browsers, which verifies length and
 * checksum. What is not asked for is not inflated, so that a file that would grow without end takes no memory.
 */
import { InputError } from '../base/errors.js';
import { printable } from '../base/show.js';
import type { ByteSource } from './source.js';

/** No byte of a deflated stream becomes more: 258 bytes in two bits. */
export const MAX_GROWTH = 1032;

/** Whether a file that begins like this is compressed by gzip. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** How much is read at once: a file is opened for each reading. */
const BLOCK_BYTES = 262_144;

/** How much is inflated at once: browsers inflate each piece as a whole before they wait. */
const PIECE_BYTES = 16_384;

/**
 * The content of a gzip file, in pieces. Whoever leaves the loop ends the reading.
 * @throws InputError for a stream that is cut short or damaged
 */
async function* inflatedPieces(source: ByteSource): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream('gzip');
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  let sourceError: unknown;
  const feed = async () => {
    for (let at = 0; at < source.size; at += BLOCK_BYTES) {
      const block = await source.read(at, BLOCK_BYTES).catch((error) => {
        sourceError = error;
        throw error;
      });
      for (let from = 0; from < block.length; from += PIECE_BYTES) {
        await writer.write(new Uint8Array(block.subarray(from, from + PIECE_BYTES)));
      }
    }
    await writer.close();
  };
  // What the stream refuses, the reader is told, too.
  for (const side of [reader.closed, writer.closed]) side.catch(() => {});
  feed().catch((error) => writer.abort(error).catch(() => {}));
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    const message = printable(error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ');
    throw new InputError(`${source.name}: damaged gzip: it does not inflate (${message}); copy the file again`);
  } finally {
    await reader.cancel().catch(() => {});
    await writer.abort().catch(() => {});
  }
}

/** The first bytes of the content of a gzip file, fewer only where it ends. @throws InputError as `inflateRange` */
export async function inflateStart(source: ByteSource, length: number): Promise<Uint8Array> {
  const start = new Uint8Array(length);
  let found = 0;
  for await (const piece of inflatedPieces(source)) {
    const taken = piece.subarray(0, length - found);
    start.set(taken, found);
    found += taken.length;
    if (found === length) break;
  }
  return start.subarray(0, found);
}

/**
 * Inflates a gzip file up to its end, so that its checksum is verified, and keeps a part of its content.
 * @param total the length of the content in bytes
 * @param what what takes so many bytes, for the error
 * @throws InputError for a file that is cut short, damaged, or whose content has another length; one with more is refused
 *   as soon as there is more
 */
export async function inflateRange(
  source: ByteSource,
  { offset, length }: { readonly offset: number; readonly length: number },
  total: number,
  what: string,
): Promise<Uint8Array> {
  const kept = new Uint8Array(length);
  let at = 0;
  for await (const piece of inflatedPieces(source)) {
    const end = at + piece.length;
    if (end > total) {
      throw new InputError(`${source.name}: damaged gzip: it inflates past its size: ${what} ${total}; save it again`);
    }
    if (end > offset && at < offset + length) {
      const taken = piece.subarray(Math.max(0, offset - at), offset + length - at);
      kept.set(taken, Math.max(0, at - offset));
    }
    at = end;
  }
  if (at === total) return kept;
  throw new InputError(`${source.name}: truncated gzip: ${at} bytes inside, ${what} ${total}; copy the file again`);
}
