/**
 * The segments of a JPEG file (ITU-T T.81, B.1): markers with their data, and scans, whose compressed pixels follow them.
 * They are walked before anything is decoded, because the decoder fills with grey what a damaged file does not hold.
 */

/** A segment, and where it lies. */
export interface Segment {
  readonly marker: number;
  /** The position of the marker in bytes. */
  readonly at: number;
  /** What follows the length; empty for markers that stand alone. */
  readonly data: Uint8Array;
  /** For a scan: the bytes of its compressed pixels. */
  readonly compressed: number;
  /** Where the next marker stands. */
  readonly end: number;
  /** For a scan: the restart markers in it, 0 to 7 in turn. */
  readonly restarts: readonly number[];
}

export const MARKER = {
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  restarts: 0xdd,
  app1: 0xe1,
  app14: 0xee,
  app0: 0xe0,
} as const;

/** Why a walk ended before the end marker: the bytes end, or they are no JPEG. */
export interface Broken {
  readonly isCut: boolean;
  readonly at: number;
}

/**
 * Walks through the segments from the first to the end marker, which is the last; what follows it is ignored.
 * @returns where it ended before, if it did
 */
export function* segmentsOf(bytes: Uint8Array): Generator<Segment, Broken | undefined> {
  let at = 2;
  while (true) {
    const start = at;
    // Any number of bytes FF may stand before a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (at + 2 > bytes.length) return { isCut: true, at };
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= MARKER.start)) {
      return { isCut: false, at: start };
    }
    if (marker === MARKER.end) {
      yield { marker, at, data: bytes.subarray(0, 0), compressed: 0, end: at + 2, restarts: [] };
      return undefined;
    }
    if (at + 4 > bytes.length) return { isCut: true, at };
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    if (length < 2) return { isCut: false, at };
    const end = at + 2 + length;
    if (end > bytes.length) return { isCut: true, at };
    const data = bytes.subarray(at + 4, end);
    const restarts: number[] = [];
    const next = marker === MARKER.scan ? endOfScan(bytes, end, restarts) : end;
    yield { marker, at, data, compressed: next - end, end: next, restarts };
    at = next;
  }
}

/** Where the next marker after a scan stands, or the end of the bytes. */
function endOfScan(bytes: Uint8Array, from: number, restarts: number[]): number {
  let at = from;
  while ((at = bytes.indexOf(0xff, at)) >= 0) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next >= 0xd0 && next <= 0xd7) restarts.push(next - 0xd0);
    else if (next !== 0 && next !== 0xff) return at;
    at += next === 0xff ? 1 : 2;
  }
  return bytes.length;
}
