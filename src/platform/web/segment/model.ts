/** Models for the main thread of a page, which they never block: each computes in a worker of its own. */
import { InputError } from '../../../base/errors.js';
import type { Image } from '../../../image/image.js';
import { type Colour, classColour } from '../../../report/colours.js';
import type { WebBackendOptions } from '../create-backend.js';
import { connect, type Remote } from '../remote.js';
import { absolute, type WebUrls } from '../urls.js';
import type { MaskingOptions, ModelFacts, Segmented, SegmentMethods } from './served.js';
import { type Bytes, bytesOf, fetchBytes, type Picture, waysToRead } from './sources.js';

/** A model that computes in a worker; `segment` uses it. */
export interface WebModel extends ModelFacts {
  /** What the worker does for the page. */
  readonly worker: Remote<SegmentMethods>;
  /** Ends the worker with its threads; the model cannot be used any more. */
  close(): void;
}

export interface LoadModelOptions extends Omit<WebBackendOptions, 'workers'> {}

/**
 * Loads a model from its file, by address or as it is, and starts the worker in which it computes.
 * @throws InputError that says what is wrong with the file, or which file of the package is not served
 */
export async function loadModel(
  source: string | URL | Blob | Uint8Array,
  { urls = {}, warn = (message) => console.warn(`unetpp: ${message}`), ...options }: LoadModelOptions = {},
): Promise<WebModel> {
  const file = await fileOf(source);
  const worker = connect<SegmentMethods>(newSegmentWorker(urls));
  try {
    const facts = await worker.open(file, { ...options, urls: absolute(urls) }, warn);
    return { ...facts, worker, close: () => worker.close('the model was closed') };
  } catch (error) {
    worker.close();
    throw error;
  }
}

async function fileOf(source: string | URL | Blob | Uint8Array): Promise<Bytes> {
  if (source instanceof Uint8Array) return { bytes: source, name: 'model' };
  if (source instanceof Blob) return bytesOf(source, source instanceof File ? source.name : 'model');
  return fetchBytes(source);
}

/** How a picture is segmented, and its mask drawn. */
export interface SegmentOptions extends MaskingOptions {
  /** The colour of the foreground, red, green and blue from 0 to 255. Default: that of its class. */
  readonly colour?: Colour;
  /** How much of the colour is seen over what lies below, from 0 to 1. Default: 0.5. */
  readonly opacity?: number;
}

/** The mask of a picture, and the same for a canvas. */
export interface Segmentation extends Segmented {
  /** The mask at the size of the picture, for `putImageData`: its foreground in colour, the rest transparent. */
  readonly overlay: ImageData;
}

/**
 * Segments a picture, while the page goes on. Files are decoded by the library, those of elements, too, where the page may
 * load them; else the pixels of an element are taken as the browser decodes them.
 * @throws InputError for a picture that cannot be read or does not fit the model, and for options as `predictMask` does
 */
export async function segment(
  { worker }: WebModel,
  picture: Picture,
  { colour, opacity = 0.5, ...options }: SegmentOptions = {},
): Promise<Segmentation> {
  let failure: unknown;
  for (const read of waysToRead(picture)) {
    try {
      const segmented = await worker.segment(await read(), options);
      return { ...segmented, overlay: drawMask(segmented.mask, opacity, colour) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** A mask as a picture that can be laid over its image. */
function drawMask({ width, height, data }: Image<Uint8Array>, opacity: number, colour?: Colour): ImageData {
  const overlay = new ImageData(width, height);
  const alpha = Math.round(255 * opacity);
  for (const [i, label] of data.entries())
    if (label) overlay.data.set([...(colour ?? classColour(label)), alpha], 4 * i);
  return overlay;
}

/**
 * Starts the worker of a model, see `served.ts`. It stands here, as what the worker imports must not name its own script:
 * bundlers would not come to an end.
 */
function newSegmentWorker({ segment }: WebUrls): Worker {
  if (segment) return new Worker(segment, { type: 'module' });
  return new Worker(new URL('../../../../workers/web/segment-worker.js', import.meta.url), { type: 'module' });
}
