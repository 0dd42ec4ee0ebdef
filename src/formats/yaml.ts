/**
 * YAML as this program writes it, which every reader of YAML reads: blocks of keys and of items, whose values are JSON,
 * so that no text is taken for a number, a date or a truth value. A person may edit it; other ways of writing YAML are
 * not read here.
 */
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';

export type Yaml = null | boolean | number | string | readonly Yaml[] | YamlMap;

/** What a block of keys holds; a key without a value is left out. */
export interface YamlMap {
  readonly [key: string]: Yaml | undefined;
}

const INDENT = '  ';

/** Writes a block of keys, each line with its end. */
export function writeYaml(map: YamlMap): string {
  return linesOf(map)
    .map((line) => `${line}\n`)
    .join('');
}

/** The lines of a block: what is not empty and holds more than single values. */
function linesOf(block: YamlMap | readonly Yaml[]): string[] {
  if (Array.isArray(block)) {
    return block.flatMap((item: Yaml) => {
      const [first, ...rest] = isBlock(item) ? linesOf(item) : [scalar(item)];
      return [`- ${first}`, ...rest.map((line) => INDENT + line)];
    });
  }
  return Object.entries(block as YamlMap).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const name = /^[a-z]\w*$/i.test(key) ? key : JSON.stringify(key);
    return isBlock(value)
      ? [`${name}:`, ...linesOf(value).map((line) => INDENT + line)]
      : [`${name}: ${scalar(value)}`];
  });
}

function isBlock(value: Yaml): value is YamlMap | readonly Yaml[] {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object' && item !== null);
  return Object.values(value).some((each) => each !== undefined);
}

/** A value on one line. Readers of YAML 1.1 know no exponent without a point, and no character that does not print. */
function scalar(value: Yaml): string {
  if (typeof value === 'number') return JSON.stringify(value).replace(/^(-?\d+)e/, '$1.0e');
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  return JSON.stringify(value).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/** `key:`, perhaps with a value behind it; the key may be a string of JSON. */
const ENTRY = /^([a-z]\w*|"(?:[^"\\]|\\.)*"):(?: +(.*))?$/i;

/**
 * Reads what `writeYaml` writes; empty lines and lines of comment are passed over.
 * @throws InputError that names the file and the line
 */
export function readYaml(text: string, file: string): YamlMap {
  const lines = text.split('\n').flatMap((line, k): Line[] => {
    const content = line.trimStart();
    if (content.trimEnd() === '' || content.startsWith('#')) return [];
    return [{ number: k + 1, indent: line.length - content.length, text: content.trimEnd() }];
  });
  const reader = new YamlReader(lines, file);
  return reader.whole();
}

class YamlReader {
  #at = 0;

  constructor(
    readonly lines: Line[],
    readonly file: string,
  ) {}

  whole(): YamlMap {
    const map = this.lines.length === 0 ? {} : this.#map(0);
    if (this.#at < this.lines.length) throw this.#unexpected('a key that begins the line');
    return map;
  }

  #block(indent: number): Yaml {
    return this.lines[this.#at]!.text.startsWith('- ') ? this.#list(indent) : this.#map(indent);
  }

  #list(indent: number): Yaml[] {
    const items: Yaml[] = [];
    for (let line = this.#next(indent); line?.text.startsWith('- '); line = this.#next(indent)) {
      // What follows the dash is the first line of a block of its own, or a value.
      const text = line.text.slice(2).trimStart();
      const inner = { ...line, indent: indent + line.text.length - text.length, text };
      this.lines[this.#at] = inner;
      items.push(ENTRY.test(text) || text.startsWith('- ') ? this.#block(inner.indent) : this.#value(text));
    }
    return items;
  }

  #map(indent: number): YamlMap {
    const map: Record<string, Yaml> = {};
    for (let line = this.#next(indent); line && !line.text.startsWith('- '); line = this.#next(indent)) {
      const [, key, value] = ENTRY.exec(line.text) ?? [];
      if (key === undefined) throw this.#unexpected('KEY: VALUE');
      const name = key.startsWith('"') ? (this.#json(key) as string) : key;
      if (Object.hasOwn(map, name)) throw this.#unexpected(`no second ${show(name)}`);
      map[name] = value === undefined ? this.#below(indent) : this.#value(value);
    }
    return map;
  }

  /** The block below a key. */
  #below(indent: number): Yaml {
    this.#at++;
    const line = this.lines[this.#at];
    if (!line || line.indent <= indent) {
      this.#at--;
      throw this.#unexpected('a value, or a block below it');
    }
    return this.#block(line.indent);
  }

  #value(text: string): Yaml {
    const value = this.#json(text);
    this.#at++;
    return value;
  }

  /** The next line where it belongs to a block. */
  #next(indent: number): Line | undefined {
    const line = this.lines[this.#at];
    if (line && line.indent > indent) throw this.#unexpected(`${indent} spaces before it`);
    return line?.indent === indent ? line : undefined;
  }

  #json(text: string): Yaml {
    try {
      return JSON.parse(text) as Yaml;
    } catch {
      throw this.#unexpected('a value as JSON writes it, a text in double quotes');
    }
  }

  #unexpected(expected: string): InputError {
    const { number, text } = this.lines[this.#at]!;
    return new InputError(`${this.file}: line ${number}: expected ${expected}, found ${show(text)}`);
  }
}
