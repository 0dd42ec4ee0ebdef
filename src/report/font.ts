/**
 * A bitmap font. It has glyphs for printable ASCII: capitals and digits are 5x7 pixels, g j p q y , ; _ reach 2 below the
 * line. Letters with accents are put together. Any other character is drawn as the digits of its code point, so that
 * names in all scripts can be told apart.
 */
import { LETTERS, MARKS } from './marks.js';

/** The glyphs from the space to ~, then ß: 7 or 9 rows each, one base-32 digit whose five bits are the pixels. */
const GLYPHS = (
  '0000000 ggggg0g kkk0000 aavavaa 4fke5u4 op248j3 cik8lid ggg0000 48ggg84 g84448g 04lel40 044v440 ' +
  '0000088g0 000u000 00000oo 11248gg ehjlphe 4c4444e eh1248v eh161he 26aiv22 vgu11he 68guhhe v124888 ' +
  'ehhehhe ehhf12c 0oo0oo0 0cc00c480 248g842 00u0u00 g84248g eh12404 ehnlngf ehhvhhh uhhuhhu ehggghe ' +
  'uhhhhhu vgguggv vgguggg ehgnhhe hhhvhhh s88888s 72222ic hikokih ggggggv hrllhhh hppljjh ehhhhhe ' +
  'uhhuggg ehhhlid uhhukih ehge1he v444444 hhhhhhe hhhhaa4 hhhllrh hha4ahh hha4444 v1248gv ogggggo ' +
  'gg84211 o88888o 4ah0000 0000000v0 g800000 00e1fhf gguhhhu 00eggge 11fhhhf 00ehvge 68u8888 00fhhhf1e ' +
  'gguhhhh g0ggggg 80888888g ggikoki gggggg8 00ullll 00uhhhh 00ehhhe 00uhhhugg 00fhhhf11 00moggg 00fge1u ' +
  '88u8886 00hhhhf 00hhha4 00hllla 00ha4ah 00hhhhf1e 00v248v 688g886 ggggggg o44244o 008l200 ciikihm'
).split(' ');

/** The height of a capital in rows. */
export const CAPITAL_HEIGHT = 7;
const GAP = 1;

type Pixel = readonly [x: number, y: number];

interface Glyph {
  /** The width in columns, without the gap to the next glyph. */
  readonly width: number;
  readonly pixels: readonly Pixel[];
}

/** The pixels of rows of five, the first at `top`. */
function pixelsOf(rows: string, top = 0): Pixel[] {
  return Array.from(rows).flatMap((digit, y) => {
    const bits = Number.parseInt(digit, 32);
    return [0, 1, 2, 3, 4].filter((x) => bits & (16 >> x)).map((x): Pixel => [x, top + y]);
  });
}

/** Makes a glyph of pixels, moved to the left edge and as wide as they are. */
function glyphOf(pixels: readonly Pixel[], least = 0): Glyph {
  const columns = pixels.map(([x]) => x);
  const left = Math.min(...columns, least);
  return { width: Math.max(...columns) + 1 - left, pixels: pixels.map(([x, y]) => [x - left, y]) };
}

const FONT: ReadonlyMap<string, Glyph> = new Map(
  GLYPHS.map((rows, index) => {
    const char = index === 95 ? 'ß' : String.fromCharCode(32 + index);
    const glyph = glyphOf(pixelsOf(rows));
    // Digits keep all five columns, so that numbers stand under each other.
    const width = char === ' ' ? 3 : /\d/.test(char) ? 5 : glyph.width;
    return [char, { ...glyph, width }];
  }),
);

/** Puts marks on a letter, those above clear of it. */
function withMarks(letter: Glyph, marks: readonly string[]): Glyph {
  const above = marks.some((mark) => MARKS[mark]!.place === 'above');
  // An i gives its dot for an accent.
  const isDotted = letter.pixels.every(([, y]) => y !== 1);
  const body = above && isDotted ? letter.pixels.filter(([, y]) => y > 1) : letter.pixels;
  const top = Math.min(...body.map(([, y]) => y));
  const shift = Math.ceil((letter.width - 5) / 2);
  const drawn = marks.flatMap((mark) => {
    const { place, rows } = MARKS[mark]!;
    const first = { above: top - 3, below: CAPITAL_HEIGHT, across: 0 }[place];
    return pixelsOf(rows, first).map(([x, y]): Pixel => [x + shift, y]);
  });
  return glyphOf([...body, ...drawn]);
}

/** Hexadecimal digits of 3x5 pixels: five rows, each three bits. */
const HEX = '75557 26227 71747 71317 55711 74717 74757 71122 75757 75717 25755 65656 34443 65556 74647 74644'.split(
  ' ',
);

/** The digits of a code point in two rows, four or six of them. */
function codeGlyph(char: string): Glyph {
  const code = char.codePointAt(0)!.toString(16);
  const columns = code.length > 4 ? 3 : 2;
  const digits = Array.from(code.padStart(2 * columns, '0'), (digit) => HEX[Number.parseInt(digit, 16)]!);
  const pixels = digits.flatMap((rows, k) => {
    const [left, top] = [4 * (k % columns), k < columns ? -2 : 4];
    return Array.from(rows).flatMap((row, y) =>
      [0, 1, 2].filter((x) => Number(row) & (4 >> x)).map((x): Pixel => [left + x, top + y]),
    );
  });
  // With a column more than a gap between neighbours, which would run together.
  return { width: 4 * columns, pixels };
}

/** One glyph for each character, but for letters that are drawn as two. */
function glyphs(text: string): Glyph[] {
  return characters(text).flatMap((char) => {
    const found = FONT.get(char);
    if (found) return [found];
    const parts = (LETTERS[char] ?? char).normalize('NFKD').match(/[^\p{M}]\p{M}*/gu) ?? [];
    const drawn = parts.map(([base, ...marks]) => {
      const letter = FONT.get(base!);
      return letter && marks.every((mark) => mark in MARKS) ? withMarks(letter, marks) : undefined;
    });
    return drawn.length > 0 && drawn.every((glyph) => glyph !== undefined) ? drawn : [codeGlyph(char)];
  });
}

function characters(text: string): string[] {
  return Array.from(text.normalize('NFC'));
}

/** Columns that `text` takes, in pixels of the font. */
export function textWidth(text: string): number {
  return glyphs(text).reduce((sum, { width }) => sum + width + GAP, -GAP);
}

/**
 * Calls `draw(x, y)` for every pixel of `text`, the top left of its first capital at (0, 0); accents of capitals are three
 * rows above.
 */
export function drawText(text: string, draw: (x: number, y: number) => void): void {
  let left = 0;
  for (const { width, pixels } of glyphs(text)) {
    for (const [x, y] of pixels) draw(left + x, y);
    left += width + GAP;
  }
}

/** `text` if it fits in `width` columns, else its beginning and `...`. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const chars = characters(text);
  while (chars.length > 0 && textWidth(`${chars.join('')}...`) > width) chars.pop();
  return `${chars.join('')}...`;
}
