/**
 * Accents and other marks for the letters of the bitmap font, by their combining characters in Unicode, and what letters
 * without an accent are drawn as that ASCII does not have.
 */

interface Mark {
  readonly place: 'above' | 'below' | 'across';
  /** The rows from above, each one base-32 digit whose five bits are the pixels, the leftmost highest. */
  readonly rows: string;
}

export const MARKS: Readonly<Record<string, Mark>> = {
  '\u0300': { place: 'above', rows: '84' },
  '\u0301': { place: 'above', rows: '24' },
  '\u0302': { place: 'above', rows: '4a' },
  '\u0303': { place: 'above', rows: 'di' },
  '\u0304': { place: 'above', rows: '0e' },
  '\u0306': { place: 'above', rows: 'he' },
  '\u0307': { place: 'above', rows: '40' },
  '\u0308': { place: 'above', rows: 'a0' },
  '\u0309': { place: 'above', rows: 'c4' },
  '\u030a': { place: 'above', rows: 'cc' },
  '\u030b': { place: 'above', rows: '5a' },
  '\u030c': { place: 'above', rows: 'a4' },
  // Invisible: takes the dot from an i.
  '\u034f': { place: 'above', rows: '' },
  '\u031b': { place: 'across', rows: '01' },
  '\u0323': { place: 'below', rows: '04' },
  '\u0326': { place: 'below', rows: '24' },
  '\u0327': { place: 'below', rows: '48' },
  '\u0328': { place: 'below', rows: '42' },
  '\u0335': { place: 'across', rows: '0f' },
  '\u0337': { place: 'across', rows: '00248' },
  '\u0338': { place: 'across', rows: '001248g' },
};

/** Letters and signs that Unicode does not take apart. */
export const LETTERS: Readonly<Record<string, string>> = {
  ø: 'o\u0338',
  Ø: 'O\u0338',
  ł: 'l\u0337',
  Ł: 'L\u0337',
  đ: 'd\u0335',
  Đ: 'D\u0337',
  ı: 'i\u034f',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ð: 'd\u0338',
  Ð: 'D\u0338',
  þ: 'th',
  Þ: 'Th',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
};
