/** Words that the command line alone needs. */
import { few, plural } from '../../base/quantities.js';

/** What is said of objects in masks that the resizing loses. */
export function vanishedText(images: readonly { readonly name: string; readonly vanished?: number }[], size: number) {
  const lost = images.filter(({ vanished = 0 }) => vanished > 0);
  const count = lost.reduce((sum, { vanished = 0 }) => sum + vanished, 0);
  if (count === 0) return undefined;
  const where = `${plural(lost.length, 'image')}: ${few(lost.map(({ name }) => name))}`;
  return `${plural(count, 'object')} of the masks ${count === 1 ? 'vanishes' : 'vanish'} at ${size}x${size}, in ${where}; a larger --size keeps more`;
}

/** A word of a command line as a shell reads it: in quotes where it needs them. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
