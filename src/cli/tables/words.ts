/** Phrases that only the command line needs. */
import { few, plural } from '../../base/quantities.js';
import type { Preprocessing } from '../../image/prepare.js';

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

/** Quotes a word of a command line for a shell, where it needs that. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
