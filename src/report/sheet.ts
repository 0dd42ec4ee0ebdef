/** The sheet of examples that a training run writes: `predictions.png`. */
import { InputError } from '../base/errors.js';
import type { Image } from '../image/image.js';
import { Canvas } from './canvas.js';
import { BACKGROUND, classColour, DIM, TEXT, WHITE } from './colours.js';
import { COMPARISON_COLOURS, comparison } from './comparison.js';
import { CAPITAL_HEIGHT, fitText, textWidth } from './font.js';
import { checkMask, enlarge, toRgb } from './pixels.js';

export interface SheetRow {
  readonly name: string;
  /** The image, shown as `toRgb` makes it. */
  readonly image: Image;
  /** The true mask, with the image's size and one channel: 0 = background, else the class; 255 counts as class 1. */
  readonly target: Image<Uint8Array>;
  /** The predicted mask, like `target`, or the probability of the only class. */
  readonly prediction: Image<Uint8Array> | Image<Float32Array>;
  /** The Dice of the two masks, 0..1; NaN where it has no meaning. */
  readonly dice: number;
}

export interface SheetOptions {
  /** A line above everything. */
  readonly title?: string;
  /** The probability from which a pixel is foreground. Default: 0.5. */
  readonly threshold?: number;
  /** How many pixels of the sheet a pixel of an image takes along each side. Default: what fits `TILE` best. */
  readonly scale?: number;
}

const COLUMNS = ['image', 'mask', 'prediction', 'overlay'];
const TILE = 256;
const MARGIN = 28;
const GAP = 10;
const TEXT_SCALE = 2;
const LINE = CAPITAL_HEIGHT * TEXT_SCALE;

/**
 * Draws a row for each example: image, mask, prediction, and both masks over the image (see `comparison`), with name and
 * Dice below. Images may differ in size.
 * @throws InputError if there is no row, or if a mask does not have the size of its image
 */
export function predictionSheet(rows: readonly SheetRow[], options: SheetOptions = {}): Image<Uint8Array> {
  if (rows.length === 0) throw new InputError('predictionSheet: expected one row or more, found none; add an example');
  const tiles = rows.map((row) => rowTiles(row, options));
  const tileWidth = Math.max(...tiles.map(([tile]) => tile!.width), textWidth('prediction') * TEXT_SCALE);
  const rowGap = 3 * GAP + LINE;
  const top = MARGIN + (options.title ? LINE + 3 * GAP : 0) + LINE + GAP;
  const rowsHeight = tiles.reduce((sum, [tile]) => sum + tile!.height + rowGap, 0);
  const width = 2 * MARGIN + COLUMNS.length * (tileWidth + GAP) - GAP;
  const canvas = new Canvas(width, top + rowsHeight + GAP + LINE + MARGIN, BACKGROUND);
  const column = (index: number) => MARGIN + index * (tileWidth + GAP);
  const right = width - MARGIN;

  if (options.title) canvas.text(fit(options.title, right - MARGIN), MARGIN, MARGIN, { colour: TEXT });
  COLUMNS.forEach((title, i) => {
    canvas.text(title, column(i), top - GAP - LINE, { colour: DIM });
  });
  let y = top;
  rows.forEach(({ name, dice }, i) => {
    tiles[i]!.forEach((tile, j) => {
      canvas.blit(tile, column(j), y);
    });
    y += tiles[i]![0]!.height + GAP;
    const score = `Dice ${Number.isNaN(dice) ? '-' : dice.toFixed(3)}`;
    canvas.text(fit(name, column(3) - GAP - MARGIN), MARGIN, y, { colour: TEXT });
    canvas.text(score, column(3) + tiles[i]![3]!.width, y, { colour: TEXT, align: 'right' });
    y += rowGap - GAP;
  });
  drawLegend(canvas, y + GAP);
  return { width: canvas.width, height: canvas.height, channels: 3, data: canvas.data };
}

function fit(text: string, width: number): string {
  return fitText(text, Math.floor(width / TEXT_SCALE));
}

/** The four pictures of a row, all of one size. */
function rowTiles({ name, image, target, prediction }: SheetRow, options: SheetOptions): Image<Uint8Array>[] {
  checkMask(`predictionSheet: ${name}: mask`, image, target);
  checkMask(`predictionSheet: ${name}: prediction`, image, prediction);
  const scale = options.scale ?? Math.max(1, Math.round(TILE / Math.max(image.width, image.height)));
  const truth = classes(target);
  const guess = isMask(prediction) ? classes(prediction) : thresholded(prediction, options.threshold ?? 0.5);
  const shown = isMask(prediction) ? paintClasses(guess) : toRgb(prediction);
  return [
    enlarge(toRgb(image), scale),
    enlarge(paintClasses(truth), scale),
    enlarge(shown, scale),
    comparison(image, truth, guess, scale),
  ];
}

function isMask(prediction: SheetRow['prediction']): prediction is Image<Uint8Array> {
  return prediction.data instanceof Uint8Array;
}

/** Masks drawn by people are 0 and 255, masks of the network 0 and 1: both are class 1. */
function classes(mask: Image<Uint8Array>): Image<Uint8Array> {
  return { ...mask, data: mask.data.map((value) => (value === 255 ? 1 : value)) };
}

function thresholded(probs: Image<Float32Array>, threshold: number): Image<Uint8Array> {
  return { ...probs, data: Uint8Array.from(probs.data, (p) => (p >= threshold ? 1 : 0)) };
}

/** White where there is one class, else a colour for each. */
function paintClasses(mask: Image<Uint8Array>): Image<Uint8Array> {
  const isBinary = mask.data.every((value) => value <= 1);
  const data = new Uint8Array(mask.data.length * 3);
  mask.data.forEach((value, i) => {
    if (value) data.set(isBinary ? WHITE : classColour(value), 3 * i);
  });
  return { ...mask, channels: 3, data };
}

/** What the colours of the last column mean, in one line. */
function drawLegend(canvas: Canvas, top: number): void {
  const entries = Object.entries(COMPARISON_COLOURS);
  let x = MARGIN;
  for (const [label, colour] of entries) {
    const isOutline = label.endsWith('outline');
    canvas.fill(x, top + (isOutline ? LINE / 2 - 1 : 0), LINE, isOutline ? 2 : LINE, colour);
    x += LINE + GAP;
    canvas.text(label, x, top, { colour: DIM });
    x += textWidth(label) * TEXT_SCALE + 2 * GAP;
  }
}
