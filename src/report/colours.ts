/** Red, green, blue, each 0..255. */
export type Colour = readonly [number, number, number];

export const BACKGROUND: Colour = [26, 29, 34];
export const GRID: Colour = [50, 55, 63];
export const TEXT: Colour = [230, 233, 238];
/** The colour of text of minor importance. */
export const DIM: Colour = [139, 147, 160];

export const WHITE: Colour = [255, 255, 255];
export const YELLOW: Colour = [255, 225, 60];
export const GREEN: Colour = [20, 210, 130];
export const BLUE: Colour = [70, 140, 255];
export const ORANGE: Colour = [255, 110, 30];

/**
 * The colours of classes and curves: hues that people with any colour vision can tell apart (after M. Okabe and K. Ito,
 * "Color universal design", 2008).
 */
export const PALETTE: readonly Colour[] = [GREEN, ORANGE, BLUE, [222, 110, 180], [240, 200, 40], [130, 210, 245]];

/** The colour of a class, counted from 1: that of the palette, which repeats in darker colours. */
export function classColour(label: number): Colour {
  const shade = 0.7 ** Math.floor((label - 1) / PALETTE.length);
  const [r, g, b] = PALETTE[(label - 1) % PALETTE.length]!;
  return [Math.round(r * shade), Math.round(g * shade), Math.round(b * shade)];
}
