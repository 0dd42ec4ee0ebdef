/** PNG as one of the formats of images. */
import { InputError } from '../../base/errors.js';
import type { Image } from '../../image/image.js';
import { cutOut } from '../../image/window.js';
import type { ImageFormat, OpenedImage } from '../format.js';
import { type ByteSource, readAll } from '../source.js';
import { readPixelChunks } from './chunks.js';
import { encodePng } from './encode.js';
import { channelsOf, HEADER_BYTES, isPng, parsePngHeader } from './header.js';
import { decodePng } from './png.js';

export const pngFormat: ImageFormat = {
  name: 'PNG',
  extensions: ['.png'],
  matches: isPng,
  async open(source: ByteSource): Promise<OpenedImage> {
    const { name } = source;
    const header = parsePngHeader(await source.read(0, HEADER_BYTES), name);
    const { width, height, depth: bits } = header;
    return {
      format: 'PNG',
      header: { width, height, channels: channelsOf(header), bits, samples: 'unsigned', slices: 1 },
      async verify() {
        readPixelChunks(await readAll(source), header, name);
      },
      readsWindows: false,
      async read(_, window) {
        const png = decodePng(await readAll(source), name);
        return window ? cutOut(png, window) : png;
      },
    };
  },
  encode(image, name) {
    const { data, channels } = image;
    if (isWhole(image) && (channels === 1 || channels === 3)) return encodePng(image);
    const found = `${channels} channels of ${data.constructor.name}`;
    throw new InputError(`${name}: a PNG holds 1 or 3 channels of 8 or 16 bits, got ${found}; write .npy`);
  },
};

function isWhole(image: Image): image is Image<Uint8Array | Uint16Array> {
  return !(image.data instanceof Float32Array);
}
