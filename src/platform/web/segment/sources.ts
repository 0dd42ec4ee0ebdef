/** What a page may give to be segmented, as it is posted to the worker: bytes of a file where they are at hand, else pixels. */
import { InputError } from '../../../base/errors.js';
import type { Image } from '../../../image/image.js';

/** A picture: an element, the file of one, or its pixels, those of the library's images among them. */
export type Picture = HTMLImageElement | Blob | ImageData | Image;

/** The bytes of a file, with its name for errors. */
export interface Bytes {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/**
 * The ways to read a picture, the best first. A canvas is the last: it changes values, by colour profiles and where pixels
 * are transparent, and knows 8 bits alone.
 */
export function waysToRead(picture: Picture): (() => Promise<Bytes | Image>)[] {
  if (picture instanceof HTMLImageElement) return [() => fetched(picture), () => drawn(picture)];
  if (picture instanceof Blob) return [() => bytesOf(picture, picture instanceof File ? picture.name : 'image')];
  return [async () => (picture instanceof ImageData ? withoutAlpha(picture) : picture)];
}

/** The bytes of a file. */
export async function bytesOf(file: Blob, name: string): Promise<Bytes> {
  return { bytes: new Uint8Array(await file.arrayBuffer()), name };
}

/** Loads a file. @throws InputError where it is not there */
export async function fetchBytes(url: string | URL): Promise<Bytes> {
  const response = await fetch(url).catch((error: Error) => {
    throw new InputError(`${url}: is not to be had (${error.message}); serve it with the page, or give its bytes`);
  });
  if (!response.ok) throw new InputError(`${url}: is not there (${response.status}); see that it is served`);
  return bytesOf(await response.blob(), String(url));
}

function fetched(element: HTMLImageElement): Promise<Bytes> {
  return fetchBytes(element.currentSrc || element.src);
}

/** The pixels of an element, as the browser decodes its file. */
async function drawn(element: HTMLImageElement): Promise<Image> {
  const name = element.currentSrc || element.src || 'image';
  await element.decode().catch(() => {
    throw new InputError(`${name}: no image that this browser can show; convert it to PNG`);
  });
  const { naturalWidth: width, naturalHeight: height } = element;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(element, 0, 0, width, height);
  try {
    return withoutAlpha(context.getImageData(0, 0, width, height));
  } catch {
    throw new InputError(`${name}: its site does not let pages read it; serve it with the page, or give its bytes`);
  }
}

/** RGBA as RGB: the alpha of pictures that are measured is 255. */
function withoutAlpha({ width, height, data: rgba }: ImageData): Image<Uint8Array> {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) data[3 * i + c] = rgba[4 * i + c]!;
  return { width, height, channels: 3, data };
}
