/** The picture on its canvas: image, mask and brush, as large as the view says. */
import type { Image } from '../../../src/image/image.js';
import { rgbaOf } from '../ui/index.js';
import type { Pixel } from './brush.js';
import { type Area, joined } from './edit.js';
import { around, layerOf } from './layer.js';
import { fit, type Point, pan, pixelAt, reveal, type View, zoom } from './view.js';

/** The ring of the brush, so that it stands out from light and dark. */
const RING = [
  { colour: 'rgb(0 0 0 / 70%)', width: 3 },
  { colour: '#fff', width: 1.25 },
];

export interface Look {
  /** Of the insides of the mask, from 0 to 1. */
  readonly opacity: number;
  readonly shown: boolean;
  /** The radius of the brush, in pixels of the image. */
  readonly radius: number;
}

/** Draws once a frame, however often it is asked to. */
export class Screen {
  /** Where the brush is; null while it is not over the picture. */
  brush: Pixel | null = null;
  readonly #canvas: HTMLCanvasElement;
  readonly #mask: Image<Uint8Array>;
  readonly #image: HTMLCanvasElement;
  readonly #layer: HTMLCanvasElement;
  #look: Look = { opacity: 0, shown: true, radius: 1 };
  #changed: Area | undefined;
  #view: View;
  #frame = 0;

  /** @param mask is read anew where it changes, see `changed` */
  constructor(canvas: HTMLCanvasElement, image: Image<Uint8Array>, mask: Image<Uint8Array>) {
    this.#canvas = canvas;
    this.#mask = mask;
    this.#image = blank(image.width, image.height);
    this.#layer = blank(mask.width, mask.height);
    const pixels = new ImageData(rgbaOf(image), image.width, image.height);
    this.#image.getContext('2d')!.putImageData(pixels, 0, 0);
    this.#view = fit(mask, canvas);
  }

  /** Shows things in another way. */
  look(look: Look): void {
    const all = { left: 0, top: 0, right: this.#mask.width, bottom: this.#mask.height };
    this.changed(look.opacity === this.#look.opacity ? undefined : all);
    this.#look = look;
  }

  /** Draws anew, with what has changed of the mask. */
  changed(area?: Area): void {
    if (area) this.#changed = joined(this.#changed, area);
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Takes the size that the page gives to the canvas; the whole image is shown again. */
  resize(): void {
    const { width, height } = this.#canvas.getBoundingClientRect();
    const size = [width, height].map((side) => Math.max(1, Math.round(side * devicePixelRatio))) as [number, number];
    if (this.#canvas.width === size[0] && this.#canvas.height === size[1]) return;
    [this.#canvas.width, this.#canvas.height] = size;
    this.fit();
  }

  fit(): void {
    this.#show(fit(this.#mask, this.#canvas));
  }

  /** @param at a point of the page that stays in its place; the middle of what is shown, or the brush, where it is left out */
  zoom(factor: number, at?: Point): void {
    const { width, height } = this.#canvas;
    const around = at ? this.#point(at) : this.brush ? this.#centre(this.brush) : { x: width / 2, y: height / 2 };
    this.#show(zoom(this.#view, factor, around, this.#mask, this.#canvas));
  }

  /** @param by in pixels of the page */
  pan({ x, y }: Point): void {
    const by = { x: x * devicePixelRatio, y: y * devicePixelRatio };
    this.#show(pan(this.#view, by, this.#mask, this.#canvas));
  }

  /** Moves what is shown so far that the brush is seen. */
  follow(): void {
    if (this.brush) this.#show(reveal(this.#view, this.brush, this.#mask, this.#canvas));
  }

  /** How many pixels of the image are a step that one sees. */
  get step(): number {
    return Math.max(1, Math.round((6 * devicePixelRatio) / this.#view.scale));
  }

  /** The pixel of the image at a point of the page. */
  pixel(at: Point): Pixel {
    return pixelAt(this.#view, this.#point(at));
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
  }

  #show(view: View): void {
    this.#view = view;
    this.changed();
  }

  #point({ x, y }: Point): Point {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return { x: (x - left) * devicePixelRatio, y: (y - top) * devicePixelRatio };
  }

  #centre({ x, y }: Pixel): Point {
    const { scale, left, top } = this.#view;
    return { x: (x + 0.5) * scale + left, y: (y + 0.5) * scale + top };
  }

  #draw(): void {
    this.#frame = 0;
    if (this.#changed) this.#drawLayer(around(this.#changed, this.#mask));
    this.#changed = undefined;
    const context = this.#canvas.getContext('2d')!;
    const { scale, left, top } = this.#view;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.setTransform(scale, 0, 0, scale, left, top);
    // Enlarged pixels keep their edges, as they are what is painted.
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(this.#image, 0, 0);
    if (this.#look.shown) context.drawImage(this.#layer, 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (this.brush) this.#drawBrush(context, this.#centre(this.brush), (this.#look.radius - 0.5) * scale);
  }

  #drawLayer(area: Area): void {
    const rgba = layerOf(this.#mask, area, this.#look.opacity);
    const pixels = new ImageData(rgba, area.right - area.left, area.bottom - area.top);
    this.#layer.getContext('2d')!.putImageData(pixels, area.left, area.top);
  }

  #drawBrush(context: CanvasRenderingContext2D, { x, y }: Point, radius: number): void {
    for (const { colour, width } of RING) {
      context.beginPath();
      context.arc(x, y, Math.max(radius, 2 * devicePixelRatio), 0, 2 * Math.PI);
      context.strokeStyle = colour;
      context.lineWidth = width * devicePixelRatio;
      context.stroke();
    }
  }
}

function blank(width: number, height: number): HTMLCanvasElement {
  return Object.assign(document.createElement('canvas'), { width, height });
}
