/** The open image with the mask that the open model makes of it. */
import { resizeMask } from '../../src/image/resize.js';
import { toMask } from '../../src/infer/prediction.js';
import type { Correctable } from './correct/painting.js';
import type { SegmentedImageProps } from './open/segmented-image.js';
import type { AppState } from './state.js';
import { outputName } from './words.js';

/** Returns what is corrected, and what is shown of it; null while nothing is segmented. */
export function subjectOf({
  model,
  image,
  mean,
}: Pick<AppState, 'model' | 'image' | 'mean'>): (Correctable & { readonly segmented: SegmentedImageProps }) | null {
  if (!model || !image || !mean) return null;
  const { view, slice, picture } = image;
  const { threshold } = model.outputs.find(({ mode }) => mode === mean.mode)!;
  const mask = toMask(mean, threshold);
  const { classNames } = model;
  const { name } = view;
  // Of a large image, a smaller picture is shown.
  const isWhole = picture.width === mask.width && picture.height === mask.height;
  const shown = isWhole ? mask : resizeMask(mask, picture.width, picture.height);
  const by = `${model.name}, ${outputName(mean.mode)}`;
  const { milliseconds } = mean;
  const segmented = { name, image: picture, mask: shown, classNames, model: by, milliseconds };
  const id = `${view.id} ${slice} ${model.weightsSha256}`;
  return { id, name, image: picture, prediction: shown, classNames, segmented };
}
