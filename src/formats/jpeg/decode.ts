/** Decodes JPEG files by the package jpeg-js, which is told what it guesses wrongly. */
import { InputError } from '../../base/errors.js';
import type { Image } from '../../image/image.js';
import { loadPeer, rethrow } from '../peers.js';
import { reasonOf } from '../reason.js';
import type { JpegHeader } from './header.js';
import { checkScans } from './scans.js';

/** More than the largest picture takes that a header may declare; what it may declare is bounded, see header.ts. */
const MEMORY_MB = 2 ** 12;

/** Decodes a picture as it is stored. */
export type JpegDecoder = (bytes: Uint8Array, header: JpegHeader, name: string) => Image<Uint8Array>;

/**
 * Loads the decoder. It gives grey as 1 channel and colours as RGB, 8 bits each.
 * @param what the file, for the error where the package is missing: `scan.jpg: a JPEG image`
 */
export async function jpegDecoder(what: string): Promise<JpegDecoder> {
  const peer = { name: 'jpeg-js', load: () => import('jpeg-js').catch(rethrow) };
  // By its default export: bundlers give a CommonJS module no others.
  const { default: library } = await loadPeer(peer, what);
  return (bytes, header, name) => {
    const { hasRestarts } = checkScans(bytes, header, name);
    const { width, height, channels } = header;
    let found: { width: number; height: number; data: Uint8Array };
    try {
      found = library.decode(bytes, {
        useTArray: true,
        formatAsRGBA: false,
        // By itself it takes RGB for luma and colour differences where a marker of Adobe says that it is RGB.
        colorTransform: header.isYcc,
        // Tolerance is to skip what lies below the last row, into which the last interval between restarts runs.
        tolerantDecoding: hasRestarts,
        // Rounded up, as it multiplies it again.
        maxResolutionInMP: Math.ceil((width * height) / 1e6),
        maxMemoryUsageInMB: MEMORY_MB,
      });
    } catch (error) {
      throw new InputError(`${name}: damaged JPEG: it does not decode (${reasonOf(error)}); copy the file again`);
    }
    if (found.width !== width || found.height !== height) {
      throw new InputError(
        `${name}: damaged JPEG: ${found.width}x${found.height}, expected ${width}x${height}; save it again`,
      );
    }
    const data = channels === 3 ? new Uint8Array(found.data.buffer) : firstOfThree(found.data);
    return { width, height, channels, data };
  };
}

/** Grey is decoded as three equal channels. */
function firstOfThree(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i++) grey[i] = rgb[3 * i]!;
  return grey;
}
