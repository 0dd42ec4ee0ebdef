/** JSON as files hold it: written for people to read, and read with the position in every error. */
import { InputError } from './errors.js';

/** Writes a value as the text of a JSON file that people may read. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** How deep lists and objects may lie in each other: more than any file of ours, less than a call stack holds. */
const DEEPEST = 64;

/**
 * Parses JSON from an untrusted source. The engines' own messages differ and often leave out the position; a value that
 * is nested too deep would overflow the stack of the code that walks through it.
 * @throws InputError `FILE: not valid JSON at line L, column C`, or where it is nested too deep
 */
export function parseJson(text: string, file: string): unknown {
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    throw new InputError(
      `${file}: JSON nested more than ${DEEPEST} levels deep at ${place(text, deep)}; correct the file`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${file}: not valid JSON at ${place(text, faultAt(text))}`);
  }
}

function place(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** The index of the first bracket below the deepest level. Brackets in strings do not count. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === ']' || character === '}') depth--;
    else if ((character === '[' || character === '{') && ++depth > DEEPEST) return at;
  }
  return undefined;
}

/** A string (any character from the space on but " and \, or an escape), a number, a word. */
const SCALAR =
  /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/** Finds where the text stops being JSON: the index of the first token that is not allowed at its position. */
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
