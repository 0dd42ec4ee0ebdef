/** The header of a DICOM file: everything before its pixels, and where they lie. */
import type { ByteStream, Element as Parsed, DataSet as ParsedSet } from 'dicom-parser';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { InflateError, inflateRaw, OversizeError } from '../inflate.js';
import { MAX_BYTES } from '../limits.js';
import { loadPeer, rethrow } from '../peers.js';
import { type ByteSource, readAll, sourceOf } from '../source.js';
import { DataSet, type Element } from './dataset.js';
import { hasMagic, startsExplicit } from './signature.js';
import { type TransferSyntax, transferSyntax, unnamedSyntax } from './transfer-syntax.js';

/** Where the pixels of all frames lie. */
export interface PixelElement {
  /** The tag says their kind: `7fe00010` integers, `7fe00008` floats, `7fe00009` doubles. */
  readonly tag: string;
  readonly offset: number;
  /** The length in bytes; undefined where they come in fragments. */
  readonly length: number | undefined;
}

export interface DicomFile {
  readonly name: string;
  /** The bytes that offsets are of; of a deflated file, what it inflates to. */
  readonly source: ByteSource;
  readonly dataset: DataSet;
  readonly syntax: TransferSyntax;
  readonly pixels: PixelElement;
}

type Library = typeof import('dicom-parser');

/** How much is read at first: the header of most files. Where that is not enough, eight times as much. */
const FIRST_BYTES = 2 ** 15;
/** The longest header that is read: some thousand frames' worth. What is parsed takes many times as much. */
const MAX_HEADER_BYTES = 2 ** 24;
/** Values of these are not read beforehand: pixels, and the tables of their frames. */
const PIXEL_GROUP = 'x7fe0';
const PIXEL_TAGS = ['x7fe00008', 'x7fe00009', 'x7fe00010'];
const LONG_VRS = ['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN'];
const UNDEFINED_LENGTH = 0xffffffff;

/**
 * Reads the header of a file.
 * @throws InputError for a file that is damaged, holds no image, or is of a transfer syntax that is not read
 */
export async function openFile(source: ByteSource): Promise<DicomFile> {
  const { name } = source;
  const peer = { name: 'dicom-parser', load: () => import('dicom-parser').catch(rethrow) };
  const loaded = await loadPeer(peer, `${name}: a DICOM file`);
  // As CommonJS it has one export in Node, and several from bundlers.
  const library = (loaded as Library & { default?: Library }).default ?? loaded;
  for (let length = FIRST_BYTES; ; length *= 8) {
    const start = await source.read(0, Math.min(length, MAX_HEADER_BYTES));
    const isAll = start.length < Math.min(length, MAX_HEADER_BYTES) || start.length === source.size;
    try {
      const file = parseStart(library, start, source);
      if (!('deflated' in file)) return file;
      return parseStart(library, ...(await inflated(source, file.deflated, file.syntax))) as DicomFile;
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (isAll) throw damaged(error, source);
      if (start.length >= MAX_HEADER_BYTES) {
        const most = `expected at most ${MAX_HEADER_BYTES} bytes before the pixels`;
        throw new InputError(`${name}: too large a header, ${most}; remove private elements`);
      }
    }
  }
}

/** The header did not end where it should; `reason` is whatever the library throws. */
function damaged(reason: unknown, { name, size }: ByteSource): InputError {
  if (reason instanceof NoPixels) return new InputError(`${name}: ${reason.message}`);
  const message = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : 'unknown';
  const text = message.replace(/^dicomParser[.:]\w+: /, '');
  return new InputError(
    `${name}: damaged DICOM: its header does not end within its ${size} bytes (${show(text)}); copy the file again`,
  );
}

class NoPixels extends Error {}

/** A deflated file: where its stream begins. */
interface Deflated {
  readonly deflated: number;
  readonly syntax: TransferSyntax;
}

/** @param inflatedAs the syntax of a data set that has been inflated, which has no meta information before it */
function parseStart(
  library: Library,
  start: Uint8Array,
  source: ByteSource,
  inflatedAs?: TransferSyntax,
): DicomFile | Deflated {
  const { name } = source;
  const elements = new Map<string, Element>();
  let at = hasMagic(start) && !inflatedAs ? 132 : 0;
  let syntax = inflatedAs;
  if (!syntax) {
    at = parseMeta(library, start, at, name, elements);
    const uid = new DataSet(elements, false, name).text('00020010');
    syntax = uid === undefined ? unnamedSyntax(startsExplicit(start, at)) : transferSyntax(uid, name);
    if (syntax.isDeflated) return { deflated: at, syntax };
  }
  const { littleEndianByteArrayParser, bigEndianByteArrayParser, ByteStream, readTag } = library;
  const parser = syntax.isBigEndian ? bigEndianByteArrayParser : littleEndianByteArrayParser;
  const stream = new ByteStream(parser, start, at);
  while (stream.position < start.length) {
    const tag = readTag(stream);
    stream.seek(-4);
    if (tag.startsWith(PIXEL_GROUP)) {
      const element = pixelElement(stream, start, syntax);
      if (PIXEL_TAGS.includes(tag)) {
        const dataset = new DataSet(elements, syntax.isBigEndian, name);
        return { name, source, dataset, syntax, pixels: { ...element, tag: tag.slice(1) } };
      }
      if (element.length === undefined) throw new Error('a table of frames has no length');
      stream.position = element.offset;
      stream.seek(element.length);
      checkEnd(stream, start);
      elements.set(tag.slice(1), leaf('OV', new Uint8Array(start.subarray(element.offset, stream.position))));
      continue;
    }
    const parsed = syntax.isExplicit
      ? library.readDicomElementExplicit(stream, [])
      : library.readDicomElementImplicit(stream);
    checkEnd(stream, start);
    if (!isPrivate(parsed)) elements.set(tag.slice(1), elementOf(parsed, start, syntax.isBigEndian, name));
  }
  const what = elements.has('00041220') ? 'is the table of contents of a disk (DICOMDIR)' : 'has no pixels';
  throw new NoPixels(`not an image: it ${what}; give it files that hold images`);
}

/** Parses the meta information, group 0002, which is always explicit little-endian. @returns where it ends */
function parseMeta(
  { ByteStream, littleEndianByteArrayParser, readDicomElementExplicit }: Library,
  start: Uint8Array,
  at: number,
  name: string,
  elements: Map<string, Element>,
): number {
  const stream = new ByteStream(littleEndianByteArrayParser, start, at);
  while (start[stream.position] === 0x02 && start[stream.position + 1] === 0x00) {
    const parsed = readDicomElementExplicit(stream, []);
    checkEnd(stream, start);
    elements.set(parsed.tag.slice(1), elementOf(parsed, start, false, name));
  }
  return stream.position;
}

/** The header of an element whose value is not parsed: dicom-parser knows no OV, and would read on into the value. */
function pixelElement(
  stream: ByteStream,
  start: Uint8Array,
  { isExplicit }: TransferSyntax,
): Omit<PixelElement, 'tag'> {
  stream.seek(4);
  let length: number;
  if (isExplicit) {
    const vr = stream.readFixedString(2);
    if (LONG_VRS.includes(vr)) stream.seek(2);
    length = LONG_VRS.includes(vr) ? stream.readUint32() : stream.readUint16();
  } else {
    length = stream.readUint32();
  }
  checkEnd(stream, start);
  return { offset: stream.position, length: length === UNDEFINED_LENGTH ? undefined : length };
}

/** The library moves on beyond the end. */
function checkEnd({ position }: ByteStream, { length }: Uint8Array): void {
  if (position > length) throw new Error(`an element ends at byte ${position}`);
}

/** Takes over what the library has parsed, without its views of all that was read. */
function elementOf(parsed: Parsed, bytes: Uint8Array, isBigEndian: boolean, name: string): Element {
  const { vr, dataOffset, length, items } = parsed;
  if (!items) return leaf(vr, new Uint8Array(bytes.subarray(dataOffset, dataOffset + length)));
  const sets = items.flatMap(({ dataSet }) => (dataSet ? [setOf(dataSet, bytes, isBigEndian, name)] : []));
  return { vr, value: new Uint8Array(0), items: sets };
}

/** Whether an element is a manufacturer's own: its group is odd. They are often long, and nothing is read of them. */
function isPrivate({ tag }: Parsed): boolean {
  return '13579bdf'.includes(tag[4]!);
}

function leaf(vr: string | undefined, value: Uint8Array): Element {
  return { vr, value, items: undefined };
}

function setOf({ elements }: ParsedSet, bytes: Uint8Array, isBigEndian: boolean, name: string): DataSet {
  const entries = Object.values(elements)
    .filter((parsed) => !isPrivate(parsed))
    .map((parsed) => [parsed.tag.slice(1), elementOf(parsed, bytes, isBigEndian, name)] as const);
  return new DataSet(new Map(entries), isBigEndian, name);
}

/** Inflates all that follows the meta information. What it takes is bounded, whatever the stream claims. */
async function inflated(
  source: ByteSource,
  at: number,
  syntax: TransferSyntax,
): Promise<[start: Uint8Array, source: ByteSource, syntax: TransferSyntax]> {
  const { name } = source;
  try {
    const bytes = inflateRaw((await readAll(source)).subarray(at), MAX_BYTES);
    return [bytes.subarray(0, MAX_HEADER_BYTES), sourceOf(bytes, name), syntax];
  } catch (error) {
    if (error instanceof OversizeError) {
      throw new InputError(
        `${name}: too large: deflated, it takes more than ${MAX_BYTES} bytes; inflate it with gdcmconv --raw`,
      );
    }
    if (!(error instanceof InflateError)) throw error;
    throw new InputError(`${name}: damaged DICOM: ${error.message} in its deflated data set; copy the file again`);
  }
}
