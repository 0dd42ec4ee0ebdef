/** Where the bytes of each frame lie in a file. */
import { InputError } from '../../base/errors.js';
import { MAX_FILE_BYTES } from '../limits.js';
import type { DicomFile } from './file.js';
import { frameBytes, type PixelFormat } from './pixel-format.js';

/** A part of the pixels: an item of an encapsulated element. */
interface Fragment {
  readonly offset: number;
  readonly length: number;
}

/** What follows the last fragment, and what begins each. */
const [ITEM, END] = [0xe000, 0xe0dd];
/** Fragments are bounded by the frames: what is kept of each takes memory, and reading its header takes time. */
const [FRAGMENTS_A_FRAME, FRAMES_MORE] = [16, 64];

/**
 * Checks that the pixels are all there, where that can be seen without reading on.
 * @throws InputError for a file that is cut short, or whose length is not that of its frames
 */
export function checkLength({ pixels, source, name, syntax }: DicomFile, format: PixelFormat): void {
  const { offset, length } = pixels;
  const { frames, width, height } = format;
  if (syntax.compression !== 'native') {
    if (length !== undefined) throw notInFragments(name, syntax.name);
    if (8 * frames <= source.size - offset) return;
    throw new InputError(
      `${name}: truncated DICOM: ${source.size - offset} bytes of pixels, ${frames} frames take more; copy the file again`,
    );
  }
  if (length === undefined) {
    throw new InputError(`${name}: damaged DICOM: fragments of pixels that are not compressed; export it again`);
  }
  const needs = Math.ceil(frames * frameBytes(format));
  const what = `${frames} ${frames === 1 ? 'frame' : 'frames'} of ${width}x${height} take ${needs}`;
  const found = Math.min(length, source.size - offset);
  if (found >= needs) return;
  const fault = length < needs ? 'damaged' : 'truncated';
  throw new InputError(`${name}: ${fault} DICOM: ${found} bytes of pixels, ${what}; copy the file again`);
}

function notInFragments(name: string, syntax: string): InputError {
  return new InputError(`${name}: damaged DICOM: pixels of ${syntax} that are not in fragments; export it again`);
}

/** The frames of a file. The table of fragments is made when the first frame is asked for, once. */
export class FrameBytes {
  #table: Promise<readonly (readonly Fragment[])[]> | undefined;

  constructor(
    readonly file: DicomFile,
    readonly format: PixelFormat,
  ) {}

  /** The bytes of a frame as they are stored. Of pixels of one bit, `skip` is how many bits of the first byte are not its. */
  async read(frame: number): Promise<{ bytes: Uint8Array; skip: number }> {
    const { file, format } = this;
    if (file.syntax.compression !== 'native') return { bytes: await this.#readFragments(frame), skip: 0 };
    const begin = frame * frameBytes(format);
    const first = Math.floor(begin);
    const length = Math.ceil(begin + frameBytes(format)) - first;
    const bytes = await file.source.read(file.pixels.offset + first, length);
    if (bytes.length < length) throw truncated(file);
    return { bytes, skip: 8 * (begin - first) };
  }

  /** Refuses fragments that do not make up the frames. */
  async check(): Promise<void> {
    if (this.file.syntax.compression !== 'native') await this.#fragments();
  }

  async #readFragments(frame: number): Promise<Uint8Array> {
    const fragments = (await this.#fragments())[frame]!;
    const length = fragments.reduce((sum, fragment) => sum + fragment.length, 0);
    const raw = frameBytes(this.format);
    // No coder makes much more of a frame than it is.
    const most = Math.min(2 * raw + 65_536, MAX_FILE_BYTES);
    if (length > most) {
      const expected = `expected at most ${most} for ${raw} of pixels`;
      throw new InputError(
        `${this.file.name}: damaged DICOM: frame ${frame + 1} has ${length} bytes, ${expected}; export it again`,
      );
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const fragment of fragments) {
      const part = await this.file.source.read(fragment.offset, fragment.length);
      if (part.length < fragment.length) throw truncated(this.file);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #fragments(): Promise<readonly (readonly Fragment[])[]> {
    this.#table ??= framesOf(this.file, this.format);
    return this.#table;
  }
}

function truncated({ name }: DicomFile): InputError {
  return new InputError(`${name}: truncated DICOM: its pixels end early; copy the file again`);
}

/** Which fragments make up each frame. */
async function framesOf(file: DicomFile, { frames }: PixelFormat): Promise<readonly (readonly Fragment[])[]> {
  const { name, source, dataset } = file;
  const [table, ...fragments] = await readItems(file, frames);
  const all = fragments as Fragment[];
  if (frames === 1 && all.length > 0) return [all];
  if (frames === all.length) return all.map((fragment) => [fragment]);
  const first = all[0]?.offset ?? 0;
  const basic = await source.read(table!.offset, Math.min(table!.length, 4 * frames));
  const view = new DataView(basic.buffer, basic.byteOffset, basic.byteLength);
  let starts = Array.from({ length: basic.length >> 2 }, (_, k) => view.getUint32(4 * k, true));
  if (starts.length === 0) starts = extendedOffsets(dataset.elements.get('7fe00001')?.value);
  if (starts.length === 0) starts = await startsOfImages(file, all);
  // Offsets are those of the items, 8 bytes before what they hold.
  const known = new Map(all.map(({ offset }, index) => [offset - first, index]));
  const indices = starts.map((start) => known.get(start) ?? -1);
  const isRising = indices.every((index, k) => (k === 0 ? index === 0 : index > indices[k - 1]!));
  if (indices.length !== frames || !isRising) {
    const found = `${all.length} fragments of pixels for ${frames} frames`;
    throw new InputError(`${name}: damaged DICOM: ${found}, and no table that assigns them; export it again`);
  }
  return indices.map((index, k) => all.slice(index, indices[k + 1]));
}

function extendedOffsets(value: Uint8Array | undefined): number[] {
  if (!value) return [];
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.length >> 3 }, (_, k) => Number(view.getBigUint64(8 * k, true)));
}

/** Where a frame begins, if nothing but its first bytes says it: those of JPEG (FF D8) and of JPEG 2000 (FF 4F). */
async function startsOfImages({ source }: DicomFile, fragments: readonly Fragment[]): Promise<number[]> {
  const starts: number[] = [];
  for (const { offset } of fragments) {
    const [first, second] = await source.read(offset, 2);
    if (first === 0xff && (second === 0xd8 || second === 0x4f)) starts.push(offset - fragments[0]!.offset);
  }
  return starts;
}

/** The items of the pixels: the table of offsets, which may be empty, and the fragments. */
async function readItems({ source, pixels, name }: DicomFile, frames: number): Promise<Fragment[]> {
  const items: Fragment[] = [];
  const most = FRAGMENTS_A_FRAME * (frames + FRAMES_MORE);
  for (let at = pixels.offset; ; ) {
    const header = await source.read(at, 8);
    if (header.length < 8) throw truncatedAt(at, name);
    const view = new DataView(header.buffer, header.byteOffset, 8);
    const [group, element, length] = [view.getUint16(0, true), view.getUint16(2, true), view.getUint32(4, true)];
    if (group === 0xfffe && element === END) break;
    if (group !== 0xfffe || element !== ITEM || items.length > most) {
      const what =
        items.length > most ? `more than ${most} fragments of ${frames} frames` : `no fragment at byte ${at}`;
      throw new InputError(`${name}: damaged DICOM: ${what}; copy the file again`);
    }
    if (at + 8 + length > source.size) throw truncatedAt(at, name, length);
    items.push({ offset: at + 8, length });
    at += 8 + length;
  }
  if (items.length > 1) return items;
  throw new InputError(`${name}: damaged DICOM: its pixels have no fragments; export it again`);
}

function truncatedAt(at: number, name: string, length?: number): InputError {
  const what = length === undefined ? 'it ends in its pixels' : `a fragment of ${length} bytes ends beyond it`;
  return new InputError(`${name}: truncated DICOM: ${what}, at byte ${at}; copy the file again`);
}
