/** PNG as one of the formats of images. */
import { InputError } from '../../base/errors.js';
import type { Image } from '../../image/image.js';
import type { ImageFormat } from '../format.js';
import { readPixelChunks } from './chunks.js';
import { channelsOf, isPng, parsePngHeader } from './header.js';
import { decodePng, encodePng } from './png.js';

export const pngFormat: ImageFormat = {
  name: 'PNG',
  extensions: ['.png'],
  matches: isPng,
  probe(start, name) {
    const header = parsePngHeader(start, name);
    return { width: header.width, height: header.height, channels: channelsOf(header), bits: header.depth };
  },
  verify(bytes, name) {
    readPixelChunks(bytes, parsePngHeader(bytes, name), name);
  },
  decode: decodePng,
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
