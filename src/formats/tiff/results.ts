/**
 * Results as a TIFF that lies over the one that was read: as many slices, the same resolution, and what ImageJ or OME say
 * of the size of pixels. For both, channels are pages of their own, as their programs show them so. Results of images of
 * other formats say what these know as ImageJ does.
 */
import type { Image, Spacing } from '../../image/image.js';
import type { ImageHeader, ResultFormat, ResultsMeaning } from '../format.js';
import type { Rational } from './directory.js';
import { tiffKind } from './kind.js';
import type { Page, Resolution } from './page.js';
import type { Stack } from './stack.js';
import { encodeTiff, type PageToWrite } from './write.js';

/** The version of ImageJ whose way of writing this is. */
const IMAGEJ = 'ImageJ=1.53t';

/** What results take over of the file that they are of. */
interface Original extends Pick<Stack, 'writer' | 'frames' | 'spacing' | 'calibration'> {
  readonly page: Pick<Page, 'resolution' | 'orientation'>;
}

/** Writes results that lie over a file. @param name the file's, for the error of more than a TIFF holds */
export function resultsBeside(original: Original, name: string): ResultFormat {
  return {
    name: 'tiff',
    extension: '.tif',
    holdsProbabilities: true,
    kind: tiffKind,
    encode: async (slices, about) => encodeResults(slices, about, original, name),
  };
}

/** Writes slices of an image of another format, with what is known of their distances. */
export function tiffFile({ slices, spacing, sliceSpacing }: ImageHeader, name: string): ResultFormat {
  const page = { orientation: 1, ...(spacing && { resolution: resolutionOf(spacing, 1, 1) }) };
  if (slices === 1 && !spacing) return resultsBeside({ writer: 'other', frames: 1, page }, name);
  const distance = sliceSpacing === undefined ? [] : [`spacing=${sliceSpacing}`];
  const calibration = spacing ? ['unit=mm', ...distance] : [];
  return resultsBeside({ writer: 'imagej', frames: 1, page, calibration }, name);
}

/** Encodes the results of all slices. @throws InputError that starts with `name` for more than a TIFF holds */
function encodeResults(
  slices: readonly Image[],
  { classNames, mark }: ResultsMeaning,
  { writer, frames, spacing, calibration, page }: Original,
  name: string,
): Uint8Array {
  const { channels } = slices[0]!;
  const pages: PageToWrite[] =
    writer === 'other'
      ? slices.map((image) => ({ image }))
      : slices.flatMap((image) => Array.from({ length: channels }, (_, channel) => ({ image, channel })));
  // OME's sizes stand in its text alone; other programs look for them at the resolution.
  const resolution = writer === 'ome' && spacing ? resolutionOf(spacing, 10, 3) : page.resolution;
  const description =
    writer === 'imagej'
      ? imageJText(slices, frames, calibration as readonly string[])
      : writer === 'ome'
        ? omeText(slices, frames, calibration as ReadonlyMap<string, string>, classNames)
        : undefined;
  return encodeTiff(
    pages,
    {
      software: mark,
      orientation: page.orientation,
      ...(resolution && { resolution }),
      ...(description !== undefined && { description }),
    },
    name,
  );
}

function imageJText(slices: readonly Image[], frames: number, calibration: readonly string[]): string {
  const { channels } = slices[0]!;
  let [least, most] = [0, 1];
  for (const { data } of slices) {
    for (const value of data) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const real = (value: number) => (Number.isInteger(value) ? `${value}.0` : `${value}`);
  return [
    IMAGEJ,
    `images=${slices.length * channels}`,
    `channels=${channels}`,
    `slices=${slices.length / frames}`,
    `frames=${frames}`,
    'hyperstack=true',
    'mode=grayscale',
    ...calibration.map(ascii),
    'loop=false',
    // The range that is shown: labels are seen from black to white.
    `min=${real(least)}`,
    `max=${real(most)}`,
    '',
  ].join('\n');
}

/** ImageJ reads bytes as characters. */
function ascii(line: string): string {
  return line.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

function omeText(
  slices: readonly Image[],
  frames: number,
  calibration: ReadonlyMap<string, string>,
  classNames: readonly string[],
): string {
  const { width, height, channels, data } = slices[0]!;
  const type = data instanceof Uint8Array ? 'uint8' : data instanceof Uint16Array ? 'uint16' : 'float';
  const names = channels === classNames.length + 1 ? ['background', ...classNames] : classNames;
  const schema = 'http://www.openmicroscopy.org/Schemas/OME/2016-06';
  const sizes = `SizeX="${width}" SizeY="${height}" SizeC="${channels}" SizeZ="${slices.length / frames}" SizeT="${frames}"`;
  const physical = [...calibration].map(([key, value]) => `${key}="${escaped(value)}"`).join(' ');
  const channel = (_: unknown, k: number) => {
    const title = channels > 1 && names[k] !== undefined ? ` Name="${escaped(names[k])}"` : '';
    return `<Channel ID="Channel:0:${k}"${title} SamplesPerPixel="1"/>`;
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<OME xmlns="${schema}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `,
    `xsi:schemaLocation="${schema} ${schema}/ome.xsd"><Image ID="Image:0">`,
    `<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="${type}" ${sizes} ${physical}>`,
    ...Array.from({ length: channels }, channel),
    `<TiffData IFD="0" PlaneCount="${slices.length * channels}"/></Pixels></Image></OME>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]|[^ -~]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** Pixels to a unit of so many millimetres, with the unit's code. */
function resolutionOf([row, column]: Spacing, millimetres: number, unit: number): Resolution {
  return { x: rationalOf(millimetres / column), y: rationalOf(millimetres / row), unit };
}

/** A fraction with as many digits as 4 bytes hold. */
function rationalOf(value: number): Rational {
  let denominator = 1;
  while (denominator < 1e6 && value * denominator * 10 < 2 ** 32) denominator *= 10;
  return [Math.min(2 ** 32 - 1, Math.round(value * denominator)), denominator];
}
