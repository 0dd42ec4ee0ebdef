/** Opens a TIFF file: TIFF and BigTIFF, ImageJ's stacks and OME-TIFF. */
import { InputError } from '../../base/errors.js';
import { checkImage } from '../../image/channels.js';
import type { ImageData } from '../../image/image.js';
import { type Window, wholeWindow } from '../../image/window.js';
import type { ImageHeader, OpenedImage, OpenOptions, StoredImage } from '../format.js';
import { checkLimits } from '../limits.js';
import type { ByteSource } from '../source.js';
import { checkBlocks, readWindow } from './blocks.js';
import { COMPRESSION } from './compression.js';
import { TiffFile } from './directory.js';
import type { Page } from './page.js';
import { resultsBeside } from './results.js';
import { emptyData } from './samples.js';
import { type NumberedPage, readStack, type Stack } from './stack.js';

/** @throws InputError in one line for a file that is damaged, too large, or of a kind that is not read */
export async function openTiff(source: ByteSource, options: OpenOptions): Promise<OpenedImage> {
  const file = new TiffFile(source, await source.read(0, 4));
  const stack = await readStack(file, options);
  const header = headerOf(stack, source.name);
  return {
    format: 'TIFF',
    header,
    async verify() {
      for (const { page, number } of stack.slices.flat()) await checkBlocks(file, page, number);
    },
    readsWindows: stack.slices.flat().every(({ page }) => isInPieces(page)),
    read: (slice, window = wholeWindow(header)) => readSlice(file, stack.slices[slice]!, window, header),
    results: resultsBeside({ ...stack, page: stack.slices[0]![0]!.page }, source.name),
  };
}

/** Whether little more than a window has to be decoded: all is stored as it is, or in several blocks. */
function isInPieces({ compression, blockWidth, blockHeight, width, height }: Page): boolean {
  return compression === COMPRESSION.none || 4 * blockWidth * blockHeight <= width * height;
}

function headerOf({ slices, spacing, sliceSpacing, remarks }: Stack, name: string): ImageHeader {
  const pages = slices[0]!;
  const { width, height, channels, bits, samples } = pages[0]!.page;
  const all = channels * pages.length;
  if (pages[0]!.page.palette && pages.length > 1) {
    throw new InputError(`${name}: ${pages.length} channels with palettes are not read; save them as grey or RGB`);
  }
  const data = emptyData({ bits, samples }, 0);
  const what = `${width}x${height}x${all} of ${bits}-bit ${samples}`;
  checkLimits(width, height, width * height * all * data.BYTES_PER_ELEMENT, what, name);
  return {
    width,
    height,
    channels: all,
    bits,
    samples,
    slices: slices.length,
    ...(spacing && { spacing }),
    ...(sliceSpacing !== undefined && { sliceSpacing }),
    ...(remarks.length > 0 && { remarks }),
  };
}

async function readSlice(
  file: TiffFile,
  pages: readonly NumberedPage[],
  window: Window,
  { channels, spacing }: ImageHeader,
): Promise<StoredImage> {
  const { width, height } = window;
  const pixels = width * height;
  const { page } = pages[0]!;
  const shape = { width, height, channels, ...(spacing && { spacing }) };
  if (page.palette && pages.length === 1) {
    const indices = new Uint8Array(pixels);
    await readWindow(file, page, pages[0]!.number, window, { data: indices, channels: 1, first: 0 });
    return { ...shape, data: coloursOf(indices, page.palette), indices };
  }
  const data: ImageData = emptyData(page, pixels * channels);
  let first = 0;
  for (const { page: each, number } of pages) {
    await readWindow(file, each, number, window, { data, channels, first });
    first += each.channels;
  }
  const image = { ...shape, data };
  checkImage(image, file.name, window);
  return { ...image, ...(page.hasAlpha && { hasAlpha: true }) };
}

function coloursOf(indices: Uint8Array, palette: NonNullable<Page['palette']>): Uint8Array {
  const colours = new Uint8Array(3 * indices.length);
  for (let i = 0, to = 0; i < indices.length; i++) {
    let from = 3 * indices[i]!;
    for (let c = 0; c < 3; c++) colours[to++] = palette[from++]!;
  }
  return colours;
}
