/** Values in messages: of unknown size, depth and origin, shown on one short line without terminal commands. */

/** How many characters are shown of a value, the quotes included. */
const MOST = 80;
/** How deep a nested value is looked into, and how many of its items: what is not shown is not walked either. */
const DEPTH = 3;
const ITEMS = 20;

/**
 * What does not print as itself: control characters (C0, DEL, C1: among them the escape that starts a terminal's
 * commands), line and paragraph separators, and marks that turn the direction of the text around them.
 */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Shows a value as JSON, cut where it is long or deep: `"a text"`, `[1,2,3]`, `nothing` for undefined. */
export function show(value: unknown): string {
  const text = shown(value, DEPTH);
  return text.length > MOST ? `${cut(text, MOST)}…` : text;
}

/**
 * Escapes what a terminal would act on (`\u001b`), for text that others have written. Tabs and newlines stay.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => ('\t\n'.includes(character) ? character : escaped(character)));
}

function shown(value: unknown, depth: number): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(cut(value, MOST)).replace(UNPRINTABLE, escaped);
  if (typeof value !== 'object' || value === null) return printable(cut(String(value), MOST));
  const items = depth === 0 ? ['…'] : itemsOf(value, depth - 1);
  return Array.isArray(value) ? `[${items}]` : `{${items}}`;
}

function itemsOf(value: object, depth: number): string[] {
  const isList = Array.isArray(value);
  const names = isList ? value.keys() : Object.keys(value);
  const items: string[] = [];
  for (const name of names) {
    if (items.length === ITEMS) return [...items, '…'];
    const item = shown((value as Record<string, unknown>)[name], depth);
    items.push(isList ? item : `${shown(name, 0)}:${item}`);
  }
  return items;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Cuts a text to its first characters, none of them cut in two. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}
