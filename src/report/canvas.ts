/** An RGB picture to draw charts and contact sheets on: rectangles, copies of pictures, text and smooth lines. */
import { invariant } from '../base/errors.js';
import type { Image } from '../image/image.js';
import type { Colour } from './colours.js';
import { drawText, textWidth } from './font.js';
import { blend } from './pixels.js';

export type Point = readonly [x: number, y: number];

export interface TextStyle {
  readonly colour: Colour;
  /** How many pixels of the picture a pixel of the font takes along each side. Default: 2. */
  readonly scale?: number;
  /** Which end of the text `x` is. Default: 'left'. */
  readonly align?: 'left' | 'centre' | 'right';
}

/** An RGB picture to draw on; what falls outside is clipped. Only IEEE-exact arithmetic: the same bytes everywhere. */
export class Canvas implements Image<Uint8Array> {
  readonly channels = 3;
  readonly data: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    background: Colour,
  ) {
    this.data = new Uint8Array(width * height * 3);
    this.fill(0, 0, width, height, background);
  }

  fill(left: number, top: number, width: number, height: number, [r, g, b]: Colour): void {
    const right = Math.min(this.width, left + width);
    const bottom = Math.min(this.height, top + height);
    for (let y = Math.max(0, top); y < bottom; y++) {
      for (let x = Math.max(0, left); x < right; x++) {
        const at = 3 * (y * this.width + x);
        this.data[at] = r;
        this.data[at + 1] = g;
        this.data[at + 2] = b;
      }
    }
  }

  /** Copies an RGB picture, its top left corner to (left, top). */
  blit(image: Image<Uint8Array>, left: number, top: number): void {
    invariant(image.channels === 3, `canvas: blit of a picture with ${image.channels} channels`);
    const skip = Math.max(0, -left);
    const count = Math.min(image.width, this.width - left) - skip;
    if (count <= 0) return;
    const bottom = Math.min(image.height, this.height - top);
    for (let y = Math.max(0, -top); y < bottom; y++) {
      const from = 3 * (y * image.width + skip);
      this.data.set(image.data.subarray(from, from + 3 * count), 3 * ((top + y) * this.width + left + skip));
    }
  }

  /** Writes `text` with the top of its capitals at `top`. */
  text(text: string, x: number, top: number, style: TextStyle): void {
    const { colour, scale = 2, align = 'left' } = style;
    const before = { left: 0, centre: 0.5, right: 1 }[align];
    const left = x - Math.round(textWidth(text) * scale * before);
    drawText(text, (column, row) => this.fill(left + column * scale, top + row * scale, scale, scale, colour));
  }

  /**
   * Draws a line through `points` with smooth edges; (0.5, 0.5) is the middle of the first pixel. Each pixel is mixed
   * once, by the segment that covers most of it, so that joints do not show.
   */
  line(points: readonly Point[], colour: Colour, thickness = 2): void {
    const coverage = new Map<number, number>();
    const reach = thickness / 2 + 0.5;
    points.forEach((b, i) => {
      const a = points[Math.max(0, i - 1)]!;
      const right = Math.min(this.width - 1, Math.floor(Math.max(a[0], b[0]) + reach));
      const bottom = Math.min(this.height - 1, Math.floor(Math.max(a[1], b[1]) + reach));
      for (let y = Math.max(0, Math.floor(Math.min(a[1], b[1]) - reach)); y <= bottom; y++) {
        for (let x = Math.max(0, Math.floor(Math.min(a[0], b[0]) - reach)); x <= right; x++) {
          const covered = Math.min(1, reach - distance([x + 0.5, y + 0.5], a, b));
          const at = y * this.width + x;
          if (covered > (coverage.get(at) ?? 0)) coverage.set(at, covered);
        }
      }
    });
    for (const [at, covered] of coverage) blend(this.data, at, colour, covered);
  }
}

/** The distance from `p` to the nearest point of the segment from `a` to `b`. */
function distance(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const [px, py] = [p[0] - a[0], p[1] - a[1]];
  const squared = dx * dx + dy * dy;
  const t = squared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
  const [x, y] = [px - t * dx, py - t * dy];
  return Math.sqrt(x * x + y * y);
}
