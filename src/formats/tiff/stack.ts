/**
 * How the pages of a file are slices and channels: by ImageJ's or OME's word, else each page is a slice. Frames of a
 * recording are slices, too, all slices of the first before those of the second.
 */
import { InputError } from '../../base/errors.js';
import type { Spacing } from '../../image/image.js';
import type { OpenOptions } from '../format.js';
import { COMPRESSION } from './compression.js';
import { type Directory, TAG, type TiffFile } from './directory.js';
import { type ImageJ, parseImageJ } from './imagej.js';
import { OmeError, type OmeImage, parseOme } from './ome.js';
import { type Page, type Resolution, readPage } from './page.js';

/** A page with its number in the file, from 1 on. */
export interface NumberedPage {
  readonly page: Page;
  readonly number: number;
}

/** Who says how the pages are arranged. */
export type Writer = 'imagej' | 'ome' | 'other';

/** What the pages of a file are. */
export interface Stack {
  readonly writer: Writer;
  /** Of every slice, the pages of its channels, all of one size and kind. */
  readonly slices: readonly (readonly NumberedPage[])[];
  /** The frames that the slices are of. */
  readonly frames: number;
  readonly spacing?: Spacing;
  readonly sliceSpacing?: number;
  readonly remarks: readonly string[];
  /** What ImageJ says of units, or OME of sizes, as it stands there: lines, or names and values. */
  readonly calibration?: readonly string[] | ReadonlyMap<string, string>;
}

/** The bits of NewSubfileType that say that a page is a smaller version of another, or a mask of it. */
const [REDUCED, MASK] = [1, 4];

/**
 * Pixels are taken to be of the size that the resolution says where they are smaller than this, in millimetres: more than
 * 1270 to an inch. Cameras, editors and printers write 72, 96, 300, 600 or 1200 to an inch, which say nothing of what an
 * image shows; the pixels of a microscope are smaller, of 10 micrometres with the weakest lens.
 */
const MOST_MILLIMETRES = 0.02;

const UNIT_MILLIMETRES: Readonly<Record<number, number>> = { 2: 25.4, 3: 10 };

/** Reads what the pages of a file are. @throws InputError for pages that are no one stack, or of which one cannot be read */
export async function readStack(file: TiffFile, { volume }: OpenOptions): Promise<Stack> {
  const directories = await file.directories();
  const description = (await file.text(directories[0]!, TAG.ImageDescription)) ?? '';
  const first = await readPage(file, directories[0]!, 1);
  const images = omeImages(file, description, first);
  if (images && images.length > 0) return omeStack(file, directories, images, volume);
  requireVolume(file.name, 1, volume);
  return pagesStack(file, directories, parseImageJ(description));
}

function omeImages(file: TiffFile, description: string, { channels }: Page): OmeImage[] | undefined {
  try {
    return parseOme(description, channels);
  } catch (error) {
    if (!(error instanceof OmeError)) throw error;
    throw new InputError(`${file.name}: damaged OME-TIFF: ${error.message}; export it again`);
  }
}

/** The index of the image that is read. */
function requireVolume(name: string, count: number, volume: number | undefined): number {
  if (volume === undefined && count === 1) return 0;
  if (volume !== undefined && Number.isInteger(volume) && volume >= 1 && volume <= count) return volume - 1;
  const found = volume === undefined ? 'say which one is read' : `got volume ${volume}`;
  throw new InputError(
    `${name}: holds ${count} image${count > 1 ? 's' : ''}; ${found}, expected volume ${count > 1 ? `1 to ${count}` : '1'}`,
  );
}

async function omeStack(
  file: TiffFile,
  directories: readonly Directory[],
  images: readonly OmeImage[],
  volume: number | undefined,
): Promise<Stack> {
  const image = images[requireVolume(file.name, images.length, volume)]!;
  const { channels, slices, frames, width, height, spacing } = image;
  const planes = channels * slices * frames;
  const pages = new Map<number, NumberedPage>();
  const stack: NumberedPage[][] = [];
  for (let k = 0; k < slices * frames; k++) {
    const slice: NumberedPage[] = [];
    for (let c = 0; c < channels; c++) {
      const index = image.page(c, k % slices, Math.floor(k / slices));
      if (index === undefined || index >= directories.length) {
        const missing = `channel ${c + 1} of slice ${(k % slices) + 1}`;
        const found = `its OME-XML tells of ${planes} planes, and the file holds ${directories.length} pages without ${missing}`;
        throw new InputError(`${file.name}: ${found}; export all of it into one file`);
      }
      const page = pages.get(index) ?? {
        page: await readPage(file, directories[index]!, index + 1),
        number: index + 1,
      };
      pages.set(index, page);
      slice.push(page);
    }
    stack.push(slice);
  }
  const { page } = stack[0]![0]!;
  if (page.width !== width || page.height !== height) {
    const sizes = `its OME-XML tells of ${width}x${height} pixels, its pages have ${page.width}x${page.height}`;
    throw new InputError(`${file.name}: damaged OME-TIFF: ${sizes}; export it again`);
  }
  requireOneKind(file.name, [...pages.values()]);
  const [column, row, slice] = spacing;
  const resolution =
    row !== undefined && column !== undefined ? ([row, column] as const) : spacingByTags(page.resolution);
  return {
    writer: 'ome',
    slices: stack,
    frames,
    ...(resolution && { spacing: resolution }),
    ...(slice !== undefined && slices > 1 && { sliceSpacing: slice }),
    remarks: remarksOf(directories, 0, page, frames),
    calibration: image.physicalSizes,
  };
}

async function pagesStack(
  file: TiffFile,
  directories: readonly Directory[],
  imageJ: ImageJ | undefined,
): Promise<Stack> {
  const pages: NumberedPage[] = [];
  let left = 0;
  for (const [k, directory] of directories.entries()) {
    const kind = await file.number(directory, TAG.NewSubfileType, 0);
    // A file whose first page is marked by mistake is read all the same.
    if (k > 0 && (kind & (REDUCED | MASK)) !== 0) left++;
    else pages.push({ page: await readPage(file, directory, k + 1), number: k + 1 });
  }
  const { page } = pages[0]!;
  const all = imageJ && pages.length === 1 ? following(file, pages[0]!, imageJ) : pages;
  requireOneKind(file.name, all);
  const remarks = remarksOf(directories, left, page, 1);
  if (!imageJ) {
    const spacing = spacingByTags(page.resolution);
    return { writer: 'other', slices: all.map((one) => [one]), frames: 1, ...(spacing && { spacing }), remarks };
  }
  const { channels, slices, frames } = imageJ;
  const isWhole = channels * slices * frames === all.length;
  const arranged = isWhole
    ? Array.from({ length: slices * frames }, (_, k) => all.slice(k * channels, (k + 1) * channels))
    : all.map((one) => [one]);
  const spacing = imageJ.unit === undefined ? spacingByTags(page.resolution) : spacingBy(page.resolution, imageJ.unit);
  const sliceSpacing =
    isWhole &&
    slices > 1 &&
    spacing &&
    imageJ.unit !== undefined &&
    imageJ.spacing !== undefined &&
    imageJ.spacing * imageJ.unit;
  const found = `${channels} channels, ${slices} slices and ${frames} frames`;
  return {
    writer: 'imagej',
    slices: arranged,
    frames: isWhole ? frames : 1,
    ...(spacing && { spacing }),
    ...(sliceSpacing && { sliceSpacing }),
    remarks: isWhole
      ? remarksOf(directories, left, page, frames)
      : [...remarks, `ImageJ tells of ${found}, the file holds ${all.length} pages: each is read as a slice.`],
    calibration: imageJ.calibration,
  };
}

/** ImageJ writes one directory only for a stack of more than 4 GB: its images follow the first, uncompressed. */
function following(file: TiffFile, only: NumberedPage, { images }: ImageJ): NumberedPage[] {
  const { width, height, stored, bits, compression, isTiled, offsets, isPlanar } = only.page;
  const length = (width * height * stored * bits) / 8;
  if (compression !== COMPRESSION.none || isTiled || isPlanar || offsets.count !== 1 || bits < 8) return [only];
  if (images > 65_536 || images * length > file.source.size) return [only];
  return Array.from({ length: images }, (_, k) => ({ ...only, page: { ...only.page, shift: k * length } }));
}

function remarksOf(directories: readonly Directory[], left: number, page: Page, frames: number): string[] {
  const remarks: string[] = [];
  if (left > 0) remarks.push(`${left} smaller versions or masks of the image are left out.`);
  else if (directories[0]!.has(TAG.SubIFDs))
    remarks.push('Images in directories below those of the pages (SubIFDs) are left out.');
  if (frames > 1) remarks.push(`The ${frames} frames are read as slices, one after the other.`);
  if (page.orientation > 1)
    remarks.push(`The image is read as it is stored, though it is to be turned (Orientation ${page.orientation}).`);
  if (page.colour === 'white is 0' && page.samples !== 'unsigned')
    remarks.push('Its numbers are read as they are, though 0 is shown as white.');
  return remarks;
}

/** @throws InputError where the pages differ in size or kind */
function requireOneKind(name: string, pages: readonly NumberedPage[]): void {
  const [first] = pages;
  const kind = describe(first!.page);
  const other = pages.find(({ page }) => describe(page) !== kind);
  if (!other) return;
  const found = `page ${other.number} is ${describe(other.page)}, page ${first!.number} is ${kind}`;
  throw new InputError(`${name}: ${found}; expected pages of one size and kind; save the one that is meant alone`);
}

function describe({ width, height, channels, bits, samples, colour }: Page): string {
  return `${width}x${height}x${channels} of ${bits}-bit ${samples} (${colour})`;
}

function spacingByTags(resolution: Resolution | undefined): Spacing | undefined {
  const unit = resolution && UNIT_MILLIMETRES[resolution.unit];
  const spacing = unit === undefined ? undefined : spacingBy(resolution, unit);
  return spacing && Math.max(...spacing) < MOST_MILLIMETRES ? spacing : undefined;
}

/** The distances of rows and of columns in millimetres, for a unit of so many. */
function spacingBy(resolution: Resolution | undefined, unit: number): Spacing | undefined {
  if (!resolution) return undefined;
  const { x, y } = resolution;
  const spacing = [(unit * y[1]) / y[0], (unit * x[1]) / x[0]] as const;
  return spacing.every((mm) => mm > 0 && Number.isFinite(mm)) ? spacing : undefined;
}
