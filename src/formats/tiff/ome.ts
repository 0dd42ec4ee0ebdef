/**
 * OME-XML in the description of a TIFF file (https://docs.openmicroscopy.org/ome-model): which page is which channel, slice
 * and frame, and the sizes of pixels. It is searched for the few elements that matter, in a time that grows with its length.
 */
import { show } from '../../base/show.js';
import { millimetresOf } from './imagej.js';

/** An image of a file: its planes, and the pages that hold them. */
export interface OmeImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly slices: number;
  readonly frames: number;
  /** The index of the page that holds a channel of a slice of a frame; absent where it is in no page of this file. */
  page(channel: number, slice: number, frame: number): number | undefined;
  /** The distances of pixels in millimetres: of columns, of rows, of slices. */
  readonly spacing: readonly (number | undefined)[];
  /** The attributes that say so, as they stand there. */
  readonly physicalSizes: ReadonlyMap<string, string>;
}

/** Text that is no OME-XML that can be read; the message says why. */
export class OmeError extends Error {}

/** The most planes of an image, as there are no more pages. */
const MOST_PLANES = 65_536;

const isOme = (text: string) => /^\s*(?:<\?xml|<!--|<(?:\w+:)?OME\b)/.test(text) && /<(?:\w+:)?OME\b/.test(text);

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The text up to the next element. */
  readonly text: string;
}

/**
 * Reads the images of a description.
 * @param samples the channels that a page holds
 * @returns undefined where it is no OME-XML
 * @throws OmeError for sizes that are none, or orders that do not exist
 */
export function parseOme(description: string, samples: number): OmeImage[] | undefined {
  if (!isOme(description)) return undefined;
  const images: OmeImage[] = [];
  let uuid: string | undefined;
  let pixels: ReadonlyMap<string, string> | undefined;
  let blocks: TiffData[] = [];
  const finish = () => {
    if (pixels) images.push(imageOf(pixels, blocks, uuid, samples));
    [pixels, blocks] = [undefined, []];
  };
  for (const { name, attributes, text } of elementsOf(description)) {
    if (name === 'OME') uuid = attributes.get('UUID');
    if (name === 'Pixels') {
      finish();
      pixels = attributes;
    }
    if (name === 'TiffData') blocks.push({ attributes });
    if (name === 'UUID' && blocks.length > 0) blocks.push({ ...blocks.pop()!, uuid: text.trim() });
  }
  finish();
  return images;
}

/** The elements that begin, one after the other. */
function* elementsOf(xml: string): Generator<Element> {
  let at = xml.indexOf('<');
  while (at >= 0) {
    const end = xml.startsWith('<!--', at) ? xml.indexOf('-->', at) + 2 : endOfTag(xml, at);
    if (end <= at) return;
    const tag = xml.slice(at + 1, end);
    at = xml.indexOf('<', end);
    const name = /^(?:\w+:)?(\w+)/.exec(tag)?.[1];
    if (name === undefined) continue;
    const attributes = new Map<string, string>();
    for (const [, key, double, single] of tag.matchAll(/(?<![\w:])([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      attributes.set(key!, unescaped(double ?? single ?? ''));
    }
    yield { name, attributes, text: xml.slice(end + 1, at < 0 ? undefined : at) };
  }
}

/** Where a tag ends, outside of quotes; -1 where it does not. */
function endOfTag(xml: string, from: number): number {
  let at = from;
  while (at < xml.length) {
    const character = xml[at]!;
    if (character === '>') return at;
    if (character === '"' || character === "'") {
      at = xml.indexOf(character, at + 1);
      if (at < 0) return -1;
    }
    at++;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replace(/&#(x?)([0-9a-fA-F]{1,6});/g, (whole, hex, digits) => {
    const code = parseInt(digits, hex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Planes that follow each other in pages that follow each other. */
interface TiffData {
  readonly attributes: ReadonlyMap<string, string>;
  /** The file that holds them. */
  readonly uuid?: string;
}

type Axis = 'C' | 'Z' | 'T';

function imageOf(
  pixels: ReadonlyMap<string, string>,
  blocks: readonly TiffData[],
  uuid: string | undefined,
  samples: number,
): OmeImage {
  const size = (axis: string) => {
    const value = Number(pixels.get(`Size${axis}`));
    if (Number.isInteger(value) && value > 0) return value;
    throw new OmeError(`Size${axis} is ${show(pixels.get(`Size${axis}`))}, expected a whole number from 1 on`);
  };
  const order = pixels.get('DimensionOrder') ?? '';
  const axes = Array.from(order.slice(2)) as Axis[];
  if (!order.startsWith('XY') || [...axes].sort().join('') !== 'CTZ') {
    throw new OmeError(`DimensionOrder is ${show(order)}, expected XY and C, T, Z in any order`);
  }
  const total = size('C');
  // A page of RGB holds three channels.
  const planes = { C: total % samples === 0 ? total / samples : total, Z: size('Z'), T: size('T') };
  if (planes.C * planes.Z * planes.T > MOST_PLANES) {
    throw new OmeError(`${planes.C}x${planes.Z}x${planes.T} planes, expected at most ${MOST_PLANES}`);
  }
  const pages = pagesOf(planes, axes, blocks, uuid);
  const indexOf = (at: Readonly<Record<Axis, number>>) => planeIndex(at, planes, axes);
  return {
    width: size('X'),
    height: size('Y'),
    channels: planes.C,
    slices: planes.Z,
    frames: planes.T,
    page: (C, Z, T) => pages.get(indexOf({ C, Z, T })),
    spacing: ['X', 'Y', 'Z'].map((axis) => {
      // Micrometres, where nothing else is said.
      const unit = millimetresOf(pixels.get(`PhysicalSize${axis}Unit`) ?? '\u00b5m');
      const value = Number(pixels.get(`PhysicalSize${axis}`)) * (unit ?? 0);
      return value > 0 && Number.isFinite(value) ? value : undefined;
    }),
    physicalSizes: new Map([...pixels].filter(([name]) => name.startsWith('PhysicalSize'))),
  };
}

/** The number of a plane in the order of the axes. */
function planeIndex(
  at: Readonly<Record<Axis, number>>,
  sizes: Readonly<Record<Axis, number>>,
  axes: readonly Axis[],
): number {
  const [a, b, c] = axes as [Axis, Axis, Axis];
  return at[a] + sizes[a] * (at[b] + sizes[b] * at[c]);
}

/** The page of every plane. Without a word on it, pages are planes in the order of the axes. */
function pagesOf(
  sizes: Readonly<Record<Axis, number>>,
  axes: readonly Axis[],
  blocks: readonly TiffData[],
  uuid: string | undefined,
): Map<number, number> {
  const count = sizes.C * sizes.Z * sizes.T;
  const pages = new Map<number, number>();
  const all: readonly TiffData[] = blocks.length > 0 ? blocks : [{ attributes: new Map() }];
  for (const { attributes, uuid: owner } of all) {
    if (owner !== undefined && uuid !== undefined && owner !== uuid) continue;
    const value = (name: string, absent: number) => {
      const found = Number(attributes.get(name) ?? absent);
      if (Number.isInteger(found) && found >= 0) return found;
      throw new OmeError(`${name} of a TiffData is ${show(attributes.get(name))}, expected a whole number`);
    };
    const ifd = value('IFD', 0);
    const first = planeIndex({ C: value('FirstC', 0), Z: value('FirstZ', 0), T: value('FirstT', 0) }, sizes, axes);
    const planes = value('PlaneCount', attributes.has('IFD') ? 1 : count);
    for (let k = 0; k < planes && first + k < count; k++) pages.set(first + k, ifd + k);
  }
  return pages;
}
