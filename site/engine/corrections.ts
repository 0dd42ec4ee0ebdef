/** Masks that were corrected by hand, kept with their images as a data set that can be trained on. */
import { files } from '#platform/data.js';
import { keepFile, keptFiles } from '#platform/files/kept.js';
import { encodePicture } from '../../src/app/data/converted-files.js';
import { InputError } from '../../src/base/errors.js';
import { numberedClasses } from '../../src/data/folder/class-masks.js';
import { sliceName } from '../../src/formats/stack.js';
import type { Image } from '../../src/image/image.js';
import { wholeWindow } from '../../src/image/window.js';
import { DATA } from './data.js';
import { type OpenImage, type Reading, SHOWN } from './images.js';

/**
 * Keeps an image and its mask, at its own size and without a loss, in place of those of the same name.
 * @param classNames the names of the classes 1, 2, … that the mask tells apart; by default numbers
 * @throws InputError for a mask of another size, or a class that there is not
 */
export async function correct(
  image: OpenImage,
  slice: number,
  mask: Image<Uint8Array>,
  classNames: readonly string[] | undefined,
  reading: Reading,
): Promise<{ readonly data: string; readonly images: number }> {
  const source = await image.slice(slice, reading);
  const name = sliceName(image.name, slice, image.slices);
  const [own, found] = [source, mask].map(({ width, height }) => `${width}x${height}`);
  if (own !== found) {
    const isLarge = Math.max(source.width, source.height) > SHOWN;
    const remedy = isLarge
      ? `images of more than ${SHOWN} pixels a side are shown smaller: cut it into tiles, and correct these`
      : 'correct it at its own size';
    throw new InputError(`${name}: the image is ${own}, its corrected mask ${found}; ${remedy}`);
  }
  const greatest = mask.data.reduce((most, value) => Math.max(most, value), 0);
  const names = classNames ?? numberedClasses(Math.max(1, greatest));
  if (greatest > names.length) {
    throw new InputError(
      `${name}: its corrected mask holds the class ${greatest}, and the model has ${names.length}; correct it with these`,
    );
  }
  // Masks of other classes are another data set.
  const data = files.join(DATA, names.length === 1 ? 'corrections' : `corrections-${names.length}-classes`);
  const labelled = { image: await source.read(wholeWindow(source)), mask };
  const encoded = encodePicture(undefined, labelled, name, names.length);
  const [imageEnd, maskEnd] = encoded.endings;
  await keepFile(files.join(data, 'classes.json'), new TextEncoder().encode(`${JSON.stringify(names)}\n`));
  await keepFile(files.join(data, 'images', name + imageEnd), encoded.image);
  await keepFile(files.join(data, 'masks', name + maskEnd), encoded.mask);
  return { data, images: (await keptFiles(files.join(data, 'images'))).length };
}
