/**
 * JPEG as one of the formats of images. It is only read: its compression loses what a mask must keep. Pictures are turned
 * upright as their Exif says, as viewers show them, so that masks drawn in a viewer lie over them. CMYK is refused, as
 * without its profile there is no one way to RGB. Densities are of print, and are not taken for sizes of pixels.
 */
import { cutOut } from '../../image/window.js';
import type { ImageFormat, OpenedImage } from '../format.js';
import { type ByteSource, readAll } from '../source.js';
import { jpegDecoder } from './decode.js';
import { isTurned, upright } from './exif.js';
import { isJpeg, type JpegHeader, parseJpegHeader } from './header.js';
import { checkScans } from './scans.js';

/** How much of a file is read until its header is found: previews and colour profiles may stand before the size. */
const BEGINNINGS = [2 ** 16, 2 ** 20];

export const jpegFormat: ImageFormat = {
  name: 'JPEG',
  extensions: ['.jpg', '.jpeg'],
  matches: isJpeg,
  async open(source: ByteSource): Promise<OpenedImage> {
    const { name } = source;
    const header = await readHeader(source);
    const { channels, orientation } = header;
    const [width, height] = isTurned(orientation) ? [header.height, header.width] : [header.width, header.height];
    const remarks = [`The picture is turned upright, by orientation ${orientation} of its Exif.`];
    return {
      format: 'JPEG',
      header: {
        width,
        height,
        channels,
        bits: 8,
        samples: 'unsigned',
        slices: 1,
        ...(orientation !== 1 && { remarks }),
      },
      async verify() {
        checkScans(await readAll(source), header, name);
      },
      readsWindows: false,
      async read(_, window) {
        const decode = await jpegDecoder(`${name}: a JPEG image`);
        const image = upright(decode(await readAll(source), header, name), orientation);
        return window ? cutOut(image, window) : image;
      },
    };
  },
};

async function readHeader(source: ByteSource): Promise<JpegHeader> {
  for (const length of BEGINNINGS) {
    const header = parseJpegHeader(await source.read(0, length), source.size, source.name);
    if (header) return header;
  }
  // Of a whole file there is a header, or an error.
  return parseJpegHeader(await readAll(source), source.size, source.name)!;
}
