/** The elements of a DICOM data set, and their values. */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';

/** An element: its value as bytes, or the items of a sequence. */
export interface Element {
  /** The representation (VR) where the file says it, else undefined. */
  readonly vr: string | undefined;
  readonly value: Uint8Array;
  readonly items: readonly DataSet[] | undefined;
}

/** The numbers of integer and floating point elements, which the readers know by their tags. */
const NUMBERS = {
  US: [2, (view: DataView, at: number, little: boolean) => view.getUint16(at, little)],
  SS: [2, (view: DataView, at: number, little: boolean) => view.getInt16(at, little)],
  UL: [4, (view: DataView, at: number, little: boolean) => view.getUint32(at, little)],
  FD: [8, (view: DataView, at: number, little: boolean) => view.getFloat64(at, little)],
} as const;

/** The elements by tag: `00280010` is Rows. Values are read when they are asked for. */
export class DataSet {
  /** @param name the file's, for errors */
  constructor(
    readonly elements: ReadonlyMap<string, Element>,
    readonly isBigEndian: boolean,
    readonly name: string,
  ) {}

  /** The values of a text, without the blanks around them; empty where it is absent. */
  texts(tag: string): string[] {
    const { value } = this.elements.get(tag) ?? {};
    if (!value || value.length === 0) return [];
    // Latin-1: the texts that are read are identifiers, code strings and numbers.
    const text = Array.from(value, (byte) => String.fromCharCode(byte)).join('');
    const values = text.split('\\').map((each) => each.replace(/^[\0 ]+|[\0 ]+$/g, ''));
    return values.every((each) => each === '') ? [] : values;
  }

  text(tag: string): string | undefined {
    return this.texts(tag)[0];
  }

  /**
   * Numbers that are written as text (DS, IS), `count` of them; undefined where they are absent.
   * @throws InputError for others
   */
  decimals(tag: string, keyword: string, count: number): number[] | undefined {
    const texts = this.texts(tag);
    if (texts.length === 0) return undefined;
    const numbers = texts.map((text) => (text === '' ? Number.NaN : Number(text)));
    if (numbers.length >= count && numbers.slice(0, count).every(Number.isFinite)) return numbers.slice(0, count);
    const expected = count === 1 ? 'a number' : `${count} numbers`;
    throw new InputError(
      `${this.name}: damaged DICOM: ${keyword} is ${show(texts.join('\\'))}, expected ${expected}; export it again`,
    );
  }

  decimal(tag: string, keyword: string): number | undefined {
    return this.decimals(tag, keyword, 1)?.[0];
  }

  /** Numbers that are written as bytes; empty where they are absent. */
  numbers(tag: string, vr: keyof typeof NUMBERS): number[] {
    const { value } = this.elements.get(tag) ?? {};
    if (!value) return [];
    const [size, read] = NUMBERS[vr];
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    return Array.from({ length: Math.floor(value.length / size) }, (_, k) => read(view, size * k, !this.isBigEndian));
  }

  /** A whole number from 0 to 65535. */
  number(tag: string): number | undefined {
    return this.numbers(tag, 'US')[0];
  }

  /** The items of a sequence; empty where it is absent. */
  items(tag: string): readonly DataSet[] {
    return this.elements.get(tag)?.items ?? [];
  }
}
