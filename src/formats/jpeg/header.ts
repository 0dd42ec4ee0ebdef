/** What a JPEG file says of its picture before its pixels, and whether its scans can hold them. */
import { InputError } from '../../base/errors.js';
import { checkLimits } from '../limits.js';
import { describeBeginning } from '../signature.js';
import { exifOrientation, type Orientation } from './exif.js';
import { MARKER, type Segment, segmentsOf } from './segments.js';

/** A component: how many blocks of 8x8 it has in each unit of the picture. */
interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
}

/** What the segments before the first scan say. */
export interface JpegHeader {
  /** The picture as it is stored, before it is turned upright. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly isProgressive: boolean;
  readonly components: readonly Component[];
  /** Whether three components are luma and colour differences, and not red, green and blue. */
  readonly isYcc: boolean;
  readonly orientation: Orientation;
}

/** Whether a file that begins like this is a JPEG. */
export function isJpeg(start: Uint8Array): boolean {
  return start[0] === 0xff && start[1] === MARKER.start && start[2] === 0xff;
}

/**
 * Libraries keep every coefficient in 4 bytes, in small arrays: about 9 bytes for each sample in all, a gigabyte for this
 * many.
 */
const MOST_SAMPLES = 2 ** 27;

/** The kinds of JPEG that are not read, by their marker. */
const OTHER_KINDS: Readonly<Record<number, string>> = {
  195: 'a lossless JPEG',
  197: 'a hierarchical JPEG',
  198: 'a hierarchical JPEG',
  199: 'a hierarchical JPEG',
  201: 'a JPEG with arithmetic coding',
  202: 'a JPEG with arithmetic coding',
  203: 'a JPEG with arithmetic coding',
  205: 'a JPEG with arithmetic coding',
  206: 'a JPEG with arithmetic coding',
  207: 'a JPEG with arithmetic coding',
};

/**
 * Reads the header from the beginning of a file.
 * @param size the length of the file
 * @returns undefined where the header goes on beyond the bytes, which are not the whole file
 * @throws InputError that starts with `name` for what is no JPEG, cut short, of a kind that is not read, or too large
 */
export function parseJpegHeader(bytes: Uint8Array, size: number, name: string): JpegHeader | undefined {
  if (!isJpeg(bytes)) {
    throw new InputError(`${name}: not a JPEG file: it ${describeBeginning(bytes)}; convert it to PNG`);
  }
  let frame: Segment | undefined;
  let isJfif = false;
  let transform: number | undefined;
  let orientation: Orientation | undefined;
  const segments = segmentsOf(bytes);
  while (true) {
    const { value, done } = segments.next();
    if (done) {
      if (value?.isCut && bytes.length < size) return undefined;
      const found =
        value?.isCut === false ? `no segment where one must start, at byte ${value.at}` : 'no scan of pixels';
      const kind = value?.isCut ? 'truncated' : 'damaged';
      throw new InputError(`${name}: ${kind} JPEG: ${size} bytes, ${found}; copy the file again`);
    }
    const { marker, data } = value;
    if (isFrame(marker)) frame ??= value;
    if (marker === MARKER.app0 && startsWith(data, 'JFIF\0')) isJfif = true;
    if (marker === MARKER.app1) orientation ??= exifOrientation(data);
    if (marker === MARKER.app14 && startsWith(data, 'Adobe')) transform = data[11];
    if (marker === MARKER.scan) break;
    if (marker === MARKER.end)
      throw new InputError(`${name}: damaged JPEG: it ends without a scan; copy the file again`);
  }
  if (!frame) throw new InputError(`${name}: damaged JPEG: a scan before the size of the picture; copy the file again`);
  const { marker, data } = frame;
  const components = componentsOf(frame, name);
  const { length } = components;
  const isRgb =
    transform === 0 ||
    (transform === undefined && !isJfif && components.every(({ id }, k) => id === 'RGB'.charCodeAt(k)));
  return {
    width: data[3]! * 256 + data[4]!,
    height: data[1]! * 256 + data[2]!,
    channels: length === 1 ? 1 : 3,
    isProgressive: marker === 0xc2,
    components,
    isYcc: length === 3 && !isRgb,
    orientation: orientation ?? 1,
  };
}

/** Whether a segment says which picture follows, of whatever kind (SOF0 to SOF15). */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function startsWith(data: Uint8Array, text: string): boolean {
  return Array.from(text).every((char, k) => data[k] === char.charCodeAt(0));
}

/** Checks the size and the kind of the picture. */
function componentsOf({ marker, data }: Segment, name: string): Component[] {
  const kind = OTHER_KINDS[marker];
  if (kind !== undefined) throw new InputError(`${name}: ${kind} is not read; save it as a baseline JPEG or as PNG`);
  const [bits, count] = [data[0]!, data[5]!];
  if (data.length < 6 || data.length < 6 + 3 * count) {
    throw new InputError(`${name}: damaged JPEG: a frame of ${data.length} bytes; copy the file again`);
  }
  if (bits !== 8) throw new InputError(`${name}: a JPEG of ${bits} bits a sample, expected 8; convert it to PNG`);
  if (count !== 1 && count !== 3) {
    const found = count === 4 ? 'CMYK (4 components)' : `${count} components`;
    throw new InputError(`${name}: a JPEG in ${found}, expected grey or colour; convert it to RGB`);
  }
  const [height, width] = [data[1]! * 256 + data[2]!, data[3]! * 256 + data[4]!];
  if (width === 0 || height === 0) {
    throw new InputError(`${name}: damaged JPEG: ${width}x${height} holds no pixel; save it again`);
  }
  const what = `${width}x${height} of 8-bit ${count === 1 ? 'grey' : 'colour'}`;
  checkLimits(width, height, width * height * count, what, name);
  if (width * height * count > MOST_SAMPLES) {
    const most = `at most ${MOST_SAMPLES} in a JPEG`;
    throw new InputError(
      `${name}: too large: ${what} has ${width * height * count} samples, expected ${most}; cut it into tiles`,
    );
  }
  const components = Array.from({ length: count }, (_, k): Component => {
    const [id, sampling] = [data[6 + 3 * k]!, data[7 + 3 * k]!];
    return { id, h: sampling >> 4, v: sampling & 15 };
  });
  const [maxH, maxV] = [Math.max(...components.map(({ h }) => h)), Math.max(...components.map(({ v }) => v))];
  const isValid = components.every(
    ({ h, v }) => h >= 1 && h <= 4 && v >= 1 && v <= 4 && maxH % h === 0 && maxV % v === 0,
  );
  if (!isValid || new Set(components.map(({ id }) => id)).size < count) {
    const found = components.map(({ id, h, v }) => `${id}: ${h}x${v}`).join(', ');
    throw new InputError(`${name}: a JPEG with components ${found} is not read; save it as a plain JPEG or as PNG`);
  }
  return components;
}
