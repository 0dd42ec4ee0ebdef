/**
 * Whether the scans of a JPEG file hold its picture. The decoder trusts them: it leaves grey what a scan does not hold,
 * allocates what the header declares, and goes through all blocks once for each scan, however short.
 */
import { InputError } from '../../base/errors.js';
import { isFrame, type JpegHeader } from './header.js';
import { MARKER, type Segment, segmentsOf } from './segments.js';

/** More than any encoder writes; each takes the time of the whole picture. */
const MOST_SCANS = 100;

/** How the scans are stored. */
export interface JpegScans {
  /** Whether there are markers between pixels from which decoding could begin again. */
  readonly hasRestarts: boolean;
}

/**
 * Walks through the whole file.
 * @throws InputError that starts with `name` for a file that ends before its end marker, or whose scans cannot hold the
 * picture
 */
export function checkScans(bytes: Uint8Array, header: JpegHeader, name: string): JpegScans {
  const damaged = (what: string) => new InputError(`${name}: damaged JPEG: ${what}; copy the file again`);
  const truncated = new InputError(
    `${name}: truncated JPEG: ${bytes.length} bytes without an end marker; copy the file again`,
  );
  const started = new Set<number>();
  let interval = 0;
  let hasRestarts = false;
  let frames = 0;
  let scans = 0;
  const segments = segmentsOf(bytes);
  while (true) {
    const { value, done } = segments.next();
    if (done) {
      if (value === undefined) break;
      if (!value.isCut) throw damaged(`no segment where one must start, at byte ${value.at}`);
      throw truncated;
    }
    const { marker, data } = value;
    if (isFrame(marker) && ++frames > 1) throw damaged('it holds several frames');
    if (marker === MARKER.restarts) interval = data[0]! * 256 + data[1]!;
    if (marker !== MARKER.scan) continue;
    if (value.end === bytes.length) throw truncated;
    if (++scans > MOST_SCANS) throw damaged(`more than ${MOST_SCANS} scans`);
    const scan = scanOf(value, header);
    if (!scan) throw damaged(`a scan of unknown components, at byte ${value.at}`);
    const expected = interval === 0 ? 0 : Math.ceil(scan.units / interval) - 1;
    const { restarts, compressed } = value;
    if (restarts.length !== expected || restarts.some((number, k) => number !== k % 8)) {
      throw damaged(`a scan with ${restarts.length} restart markers, expected ${expected} in turn`);
    }
    hasRestarts ||= interval > 0;
    if (!scan.isFirst) continue;
    // Every block takes a bit, in a baseline file one for its mean and one for the end of the rest.
    const bits = header.isProgressive ? 1 : 2;
    if (8 * compressed < bits * scan.blocks) {
      throw damaged(
        `${compressed} bytes of pixels, ${scan.blocks} blocks take at least ${Math.ceil((bits * scan.blocks) / 8)}`,
      );
    }
    for (const id of scan.ids) started.add(id);
  }
  const { components } = header;
  if (components.some(({ id }) => !started.has(id))) {
    throw damaged(`scans of ${started.size} components, expected ${components.length}`);
  }
  return { hasRestarts };
}

/** What a scan holds. */
interface Scan {
  readonly ids: readonly number[];
  /** Its units between which restart markers may stand. */
  readonly units: number;
  readonly blocks: number;
  /** Whether it holds the first bits of the means of its blocks. */
  readonly isFirst: boolean;
}

function scanOf({ data }: Segment, { width, height, components, isProgressive }: JpegHeader): Scan | undefined {
  const count = data[0] ?? 0;
  if (count < 1 || data.length < 4 + 2 * count) return undefined;
  const ids = Array.from({ length: count }, (_, k) => data[1 + 2 * k]!);
  const found = ids.map((id) => components.find((component) => component.id === id));
  if (found.includes(undefined) || new Set(ids).size < count) return undefined;
  const start = data[1 + 2 * count]!;
  const isFirst = !isProgressive || (start === 0 && data[3 + 2 * count]! >> 4 === 0);
  const maxH = Math.max(...components.map(({ h }) => h));
  const maxV = Math.max(...components.map(({ v }) => v));
  if (count === 1) {
    // A component alone is stored without the blocks that only fill its unit.
    const { h, v } = found[0]!;
    const units = Math.ceil((width * h) / (8 * maxH)) * Math.ceil((height * v) / (8 * maxV));
    return { ids, units, blocks: units, isFirst };
  }
  const units = Math.ceil(width / (8 * maxH)) * Math.ceil(height / (8 * maxV));
  return { ids, units, blocks: units * found.reduce((sum, one) => sum + one!.h * one!.v, 0), isFirst };
}
