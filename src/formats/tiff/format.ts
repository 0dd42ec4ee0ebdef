/** TIFF as one of the formats of images. */
import type { ImageFormat } from '../format.js';
import { isTiff } from './signature.js';
import { encodeTiff } from './write.js';

export const tiffFormat: ImageFormat = {
  name: 'TIFF',
  extensions: ['.tif', '.tiff', '.ome.tif', '.ome.tiff'],
  matches: isTiff,
  open: async (source, options) => (await import('./open.js')).openTiff(source, options),
  encode: (image, name) => encodeTiff([image], {}, name),
};
