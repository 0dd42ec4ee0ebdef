/**
 * A bitmap font for printable ASCII. Capitals and digits are 5x7 pixels, g j p q y , ; _ reach 2 below the line. A glyph
 * is a string of 7 or 9 rows, each one digit to the base of 32 whose five bits are the pixels, the leftmost highest.
 */
const GLYPHS = (
  '0000000 ggggg0g kkk0000 aavavaa 4fke5u4 op248j3 cik8lid ggg0000 48ggg84 g84448g 04lel40 044v440 ' +
  '0000088g0 000u000 00000oo 11248gg ehjlphe 4c4444e eh1248v eh161he 26aiv22 vgu11he 68guhhe v124888 ' +
  'ehhehhe ehhf12c 0oo0oo0 0cc00c480 248g842 00u0u00 g84248g eh12404 ehnlngf ehhvhhh uhhuhhu ehggghe ' +
  'uhhhhhu vgguggv vgguggg ehgnhhe hhhvhhh s88888s 72222ic hikokih ggggggv hrllhhh hppljjh ehhhhhe ' +
  'uhhuggg ehhhlid uhhukih ehge1he v444444 hhhhhhe hhhhaa4 hhhllrh hha4ahh hha4444 v1248gv ogggggo ' +
  'gg84211 o88888o 4ah0000 0000000v0 g800000 00e1fhf gguhhhu 00eggge 11fhhhf 00ehvge 68u8888 00fhhhf1e ' +
  'gguhhhh g0ggggg 80888888g ggikoki gggggg8 00ullll 00uhhhh 00ehhhe 00uhhhugg 00fhhhf11 00moggg 00fge1u ' +
  '88u8886 00hhhhf 00hhha4 00hllla 00ha4ah 00hhhhf1e 00v248v 688g886 ggggggg o44244o 008l200'
).split(' ');

/** Rows of a capital. */
export const CAPITAL_HEIGHT = 7;
const GAP = 1;

interface Glyph {
  /** Columns; the gap to the next glyph is not in it. */
  readonly width: number;
  /** Bit 4 is the leftmost pixel of a row. */
  readonly rows: readonly number[];
}

const FONT = GLYPHS.map((text, index): Glyph => {
  const rows = Array.from(text, (digit) => Number.parseInt(digit, 32));
  const ink = rows.reduce((all, row) => all | row, 0);
  // Digits keep all five columns, so that numbers stand under each other.
  const isDigit = index >= 16 && index < 26;
  const width = ink === 0 ? 3 : isDigit ? 5 : Math.clz32(ink & -ink) - 26;
  return { width, rows };
});

/** The glyphs of a text; a character that is not printable ASCII is drawn as `?`. */
function glyphs(text: string): Glyph[] {
  return Array.from(text, (char) => FONT[char.codePointAt(0)! - 32] ?? FONT[31]!);
}

/** Columns that `text` takes, in pixels of the font. */
export function textWidth(text: string): number {
  return glyphs(text).reduce((sum, { width }) => sum + width + GAP, -GAP);
}

/** Calls `draw(x, y)` for every pixel of `text`, the top left of its first capital at (0, 0). */
export function drawText(text: string, draw: (x: number, y: number) => void): void {
  let left = 0;
  for (const { width, rows } of glyphs(text)) {
    rows.forEach((row, y) => {
      for (let x = 0; x < 5; x++) if (row & (16 >> x)) draw(left + x, y);
    });
    left += width + GAP;
  }
}

/** `text` if it fits in `width` columns, else its beginning and `...`. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let length = text.length;
  while (length > 0 && textWidth(`${text.slice(0, length)}...`) > width) length--;
  return `${text.slice(0, length)}...`;
}
