/** The picture of a mask over its image, as a PNG. */
import { PngEncoder } from '../../formats/png/encode.js';
import type { Image } from '../../image/image.js';
import type { ImageSource } from '../../image/image-source.js';
import { overlayBands } from '../../report/overlay.js';
import { OVERLAY } from '../kinds.js';

/** Draws the picture a band of rows at a time, and compresses each at once: of a large image it would take much memory. */
export async function encodeOverlay(source: ImageSource, mask: Image<Uint8Array>): Promise<Uint8Array> {
  const { width, height } = source;
  const encoder = new PngEncoder({ width, height, channels: 3, bits: 8 }, OVERLAY.text);
  for await (const rows of overlayBands(source, mask)) encoder.add(rows);
  return encoder.finish();
}
