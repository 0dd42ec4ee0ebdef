/** Phrases that only the command line needs. */
import type { EvaluatedSizes } from '../../app/evaluation/evaluation-data.js';
import { few, plural } from '../../base/quantities.js';
import type { Preprocessing } from '../../image/prepare.js';
import { copiesOf, type Tta } from '../../infer/tta.js';

/** The remark on objects of masks that vanish when they are resized. */
export function vanishedText(
  images: readonly { readonly name: string; readonly vanished?: number }[],
  { size, spacing }: Pick<Preprocessing, 'size' | 'spacing'>,
): string | undefined {
  const lost = images.filter(({ vanished = 0 }) => vanished > 0);
  const count = lost.reduce((sum, { vanished = 0 }) => sum + vanished, 0);
  if (count === 0) return undefined;
  const where = `${plural(lost.length, 'image')}: ${few(lost.map(({ name }) => name))}`;
  const [place, advice] = size
    ? [`${size}x${size}`, 'a larger --size keeps more']
    : [`${spacing} mm a pixel`, 'a smaller --spacing keeps more'];
  return `${plural(count, 'object')} of the masks ${count === 1 ? 'vanishes' : 'vanish'} at ${place}, in ${where}; ${advice}`;
}

interface Averaged {
  readonly models: readonly unknown[];
  readonly tta: Tta;
}

/** What was averaged beside the heads: `mean of 3 models over 4 copies of each image`; undefined where nothing was. */
export function averagedText({ models, tta }: Averaged): string | undefined {
  const copies = copiesOf(tta);
  const parts = [
    ...(models.length > 1 ? [`of ${plural(models.length, 'model')}`] : []),
    ...(copies > 1 ? [`over ${copies} copies of each image`] : []),
  ];
  return parts.length > 0 ? `mean ${parts.join(' ')}` : undefined;
}

/** Quotes a word of a command line for a shell, where it needs that. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The own sizes of images, and the size at which the network saw them where it is another one. */
export function sizesText({ size, scoredAt: [smallest, largest] }: EvaluatedSizes): string {
  const [from, to] = [smallest, largest].map(({ width, height }) => `${width}x${height}`);
  const seen = size === null || (from === to && from === `${size}x${size}`) ? '' : `, seen at ${size}x${size}`;
  return `of ${from === to ? from : `${from} to ${to}`} pixels${seen}`;
}

/** What an image of so many channels is called. */
export function channelsText(channels: number): string {
  return channels === 1 ? 'grey' : channels === 3 ? 'RGB' : plural(channels, 'channel');
}
