/** Names as BioImage.IO has them. */

/** What the name of a model may be. */
export const MODEL_NAME = /^[A-Za-z0-9_+\- ()]{5,128}$/;

/** Where a name would become long in lists. */
const LONG = 48;

/** The name that a model is given by its file: `model` says less than the folder that it is in. */
export function nameOfFile(file: string): string {
  const [above, name] = ['', ...file.split(/[\\/]/)].slice(-2) as [string, string];
  const stem = name.replace(/\.safetensors$/, '');
  const known = stem === 'model' && /[A-Za-z0-9]/.test(above) ? above : stem;
  const allowed = known.replace(/[^A-Za-z0-9_+\- ()]+/g, '-').slice(0, LONG);
  return `${allowed} segmentation`;
}

/** The words that Python keeps for itself. */
const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** Names of channels, which must be identifiers of Python and differ: `grey matter` becomes `grey_matter`. */
export function channelNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const word = name
      .normalize('NFKC')
      .replace(/[^\p{XID_Continue}]+/gu, '_')
      .replace(/^(?=[^\p{XID_Start}_])/u, '_');
    const plain = KEYWORDS.has(word) ? `${word}_` : word;
    let free = plain;
    for (let k = 2; taken.has(free); k++) free = `${plain}_${k}`;
    taken.add(free);
    return free;
  });
}

export function isChannelName(name: string): boolean {
  return /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name) && !KEYWORDS.has(name);
}

/**
 * The names of the channels that a network reads.
 * @param neighbours how many neighbours of a slice on both sides are channels
 */
export function inputChannels(count: number, neighbours = 0): string[] {
  if (count === 1) return ['intensity'];
  if (count === 3 && neighbours === 0) return ['red', 'green', 'blue'];
  return Array.from({ length: count }, (_, k) => `channel_${k + 1}`);
}

/**
 * The names of the channels that a network answers with.
 * @param classes 1 for the foreground, else the classes with the background
 * @param known the names of the classes without the background, where the model has them
 */
export function outputChannels(classes: number, known?: readonly string[]): string[] {
  if (classes === 1) return channelNames([known?.[0] ?? 'foreground']);
  const others = known ?? Array.from({ length: classes - 1 }, (_, k) => `class_${k + 1}`);
  return channelNames(['background', ...others]);
}
