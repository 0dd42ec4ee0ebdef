import { InputError } from '../base/errors.js';

/**
 * Parses JSON that people write by hand. The engines' own messages differ and often leave out the place.
 * @throws InputError `FILE: not valid JSON at line L, column C`
 */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, faultAt(text)).split('\n');
    throw new InputError(`${file}: not valid JSON at line ${before.length}, column ${before.at(-1)!.length + 1}`);
  }
}

/** A string (any character from the space on but " and \, or an escape), a number, a word. */
const SCALAR =
  /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/** Where the text stops being JSON: the index of the first token that cannot stand where it stands. */
function faultAt(text: string): number {
  let at = 0;
  const skip = () => {
    while (' \t\r\n'.includes(text[at] ?? '-')) at++;
  };
  const take = (token: string): boolean => {
    skip();
    const found = text.startsWith(token, at);
    if (found) at += token.length;
    return found;
  };
  const scalar = (): boolean => {
    skip();
    SCALAR.lastIndex = at;
    at += SCALAR.exec(text)?.[0].length ?? 0;
    return SCALAR.lastIndex > 0;
  };
  const list = (end: string, item: () => boolean): boolean => {
    if (take(end)) return true;
    do {
      if (!item()) return false;
    } while (take(','));
    return take(end);
  };
  const member = (): boolean => {
    skip();
    return text[at] === '"' && scalar() && take(':') && value();
  };
  const value = (): boolean => {
    if (take('{')) return list('}', member);
    if (take('[')) return list(']', value);
    return scalar();
  };
  value() && skip();
  return at;
}
