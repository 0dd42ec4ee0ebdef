/** The contact sheet of a data set: its images, each with its mask over it. */
import { InputError } from '../base/errors.js';
import type { Image } from '../image/image.js';
import { resizeImage, resizeMask } from '../image/resize.js';
import { Canvas } from './canvas.js';
import { BACKGROUND, classColour, DIM, TEXT } from './colours.js';
import { CAPITAL_HEIGHT, fitText, textWidth } from './font.js';
import { overlayClasses, TINT } from './overlay.js';
import { toRgb } from './pixels.js';

export interface ContactTile {
  readonly name: string;
  /** A second line, for the subset or a remark. */
  readonly note: string;
  readonly image: Image;
  /** The mask, with the image's size and one channel: 0 = background, 1..K = the classes. */
  readonly mask: Image<Uint8Array>;
}

const TILE = 192;
export const TILES_IN_A_ROW = 6;
const MARGIN = 20;
const GAP = 12;
const TEXT_SCALE = 2;
const LINE = CAPITAL_HEIGHT * TEXT_SCALE;

/**
 * Draws tiles of 192 pixels a side, six in a row, each with the outline and a tint of its mask, and below it name and
 * note.
 * @param classNames the names of the classes, for the legend
 * @param tint how much of a class's colour lies over its inside: 0 nothing, 1 all
 * @throws InputError if there is no tile, or a mask does not have the size of its image
 */
export function contactSheet(
  tiles: readonly ContactTile[],
  title: string,
  classNames: readonly string[],
  tint = TINT,
): Image<Uint8Array> {
  if (tiles.length === 0) throw new InputError('contactSheet: expected one image or more, found none');
  const columns = Math.min(TILES_IN_A_ROW, Math.max(4, tiles.length));
  const rows = Math.ceil(tiles.length / columns);
  const rowHeight = TILE + 3 * GAP + 2 * LINE;
  const width = 2 * MARGIN + columns * (TILE + GAP) - GAP;
  const top = MARGIN + 2 * (LINE + GAP);
  const canvas = new Canvas(width, top + rows * rowHeight + MARGIN - GAP, BACKGROUND);
  canvas.text(fit(title, width - 2 * MARGIN), MARGIN, MARGIN, { colour: TEXT });
  drawLegend(canvas, classNames, MARGIN + LINE + GAP);
  tiles.forEach((tile, k) => {
    const x = MARGIN + (k % columns) * (TILE + GAP);
    const y = top + Math.floor(k / columns) * rowHeight;
    const picture = thumbnail(tile, tint);
    canvas.blit(picture, x + Math.floor((TILE - picture.width) / 2), y + Math.floor((TILE - picture.height) / 2));
    canvas.text(fit(tile.name, TILE), x, y + TILE + GAP, { colour: TEXT });
    canvas.text(fit(tile.note, TILE), x, y + TILE + GAP + LINE + 6, { colour: DIM });
  });
  return { width: canvas.width, height: canvas.height, channels: 3, data: canvas.data };
}

function fit(text: string, width: number): string {
  return fitText(text, Math.floor(width / TEXT_SCALE));
}

/** Draws the overlay with its longer side `TILE`. The mask is drawn after resizing, so that its outline is thin. */
function thumbnail({ image, mask }: ContactTile, tint: number): Image<Uint8Array> {
  const longer = Math.max(image.width, image.height);
  const size = (side: number) => Math.max(1, Math.round((side * TILE) / longer));
  const [width, height] = [size(image.width), size(image.height)];
  return overlayClasses(bytes(resizeImage(toRgb(image), width, height)), resizeMask(mask, width, height), tint);
}

function bytes(image: Image<Float32Array>): Image<Uint8Array> {
  return { ...image, data: Uint8Array.from(image.data, Math.round) };
}

function drawLegend(canvas: Canvas, classNames: readonly string[], top: number): void {
  let x = MARGIN;
  classNames.forEach((name, k) => {
    const label = fit(name, canvas.width - MARGIN - x - LINE - GAP);
    canvas.fill(x, top, LINE, LINE, classColour(k + 1));
    canvas.text(label, x + LINE + GAP, top, { colour: DIM });
    x += LINE + 3 * GAP + textWidth(label) * TEXT_SCALE;
  });
}
