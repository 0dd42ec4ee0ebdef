/** A chart that zooms along the epochs: by a drag, by buttons, and by keys. */
import { type Curve, plotOf } from '../curve-plot.js';
import { html, svg } from './elements.js';

export interface ChartContent {
  readonly title: string;
  readonly note: string;
  readonly curves: readonly Curve[];
  readonly include: readonly number[];
  readonly labelWidth: number;
  /** What is seen, for those who do not see it. */
  readonly label: string;
}

export type Range = readonly [low: number, high: number];

const HEIGHT = 240;
/** The least part of the epochs that is shown, in epochs. */
const LEAST = 1;

/** The part of the epochs that all charts show; undefined is all of them. */
export class Zoom {
  range: Range | undefined;
  /** The last epoch. */
  end = 1;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get shown(): Range {
    return this.range ?? [0, this.end];
  }

  /** Shows a range, as far as there is one. */
  show(low: number, high: number): void {
    const width = Math.min(this.end, Math.max(LEAST, high - low));
    const first = Math.min(Math.max(0, low), this.end - width);
    this.range = width >= this.end ? undefined : [first, first + width];
    this.#changed();
  }

  /** Zooms around the middle, `factor` below 1 inwards. */
  by(factor: number): void {
    const [low, high] = this.shown;
    const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
    this.show(middle - half, middle + half);
  }

  /** Moves by a part of what is shown. */
  move(part: number): void {
    const [low, high] = this.shown;
    const by = (high - low) * part;
    this.show(low + by, high + by);
  }

  all(): void {
    this.show(0, this.end);
  }
}

/** Draws a chart anew into its figure whenever `draw` is called. */
export class ZoomChart {
  readonly figure = html('figure', { class: 'chart' });
  readonly #area = html('div', { class: 'area', tabindex: 0, role: 'group' });
  readonly #caption = html('figcaption');
  readonly #clip: string;

  constructor(
    readonly zoom: Zoom,
    name: string,
  ) {
    this.#clip = `clip-${name}`;
    this.figure.append(this.#caption, this.#area);
    this.#area.addEventListener('keydown', (event) => this.#key(event));
    this.#area.addEventListener('pointerdown', (event) => this.#drag(event));
    this.#area.addEventListener('dblclick', () => zoom.all());
  }

  draw({ title, note, curves, include, labelWidth, label }: ChartContent): void {
    this.#caption.replaceChildren(html('h3', {}, title), html('span', { class: 'hint' }, note));
    this.#area.setAttribute('aria-label', `${title}: keys + and - zoom, arrows move, 0 shows all epochs`);
    const width = this.#area.clientWidth;
    if (width === 0) return;
    const size = { width, height: HEIGHT, right: labelWidth };
    const { left, right, bottom, xTicks, yTicks, lines } = plotOf(curves, size, this.zoom.shown, include);
    this.#area.dataset.left = String(left);
    this.#area.dataset.right = String(right);
    const clip = svg(
      'clipPath',
      { id: this.#clip },
      svg('rect', { x: left, y: 0, width: right - left, height: bottom + 2 }),
    );
    const picture = svg('svg', { width, height: HEIGHT, role: 'img', 'aria-label': label }, clip);
    for (const { at, label: text } of yTicks) {
      const line = svg('line', { x1: left, x2: right, y1: at, y2: at });
      picture.append(
        svg(
          'g',
          { class: 'tick' },
          line,
          svg('text', { x: left - 8, y: at, dy: '0.32em', 'text-anchor': 'end' }, text),
        ),
      );
    }
    for (const { at, label: text } of xTicks) {
      picture.append(svg('text', { x: at, y: bottom + 17, 'text-anchor': 'middle' }, text));
    }
    picture.append(svg('text', { x: width, y: bottom + 17, 'text-anchor': 'end' }, 'epoch'));
    for (const { style, path } of lines) {
      picture.append(svg('path', { class: `curve ${style}`, d: path, 'clip-path': `url(#${this.#clip})` }));
    }
    for (const { label: name, style, end } of lines) {
      if (name === '' || !end) continue;
      const text = svg('text', { x: right + 10, y: end.labelY, dy: '0.32em' }, `${name} ${end.value.toFixed(3)}`);
      picture.append(svg('g', { class: `curve-end ${style}` }, svg('circle', { cx: end.x, cy: end.y, r: 3.5 }), text));
    }
    this.#area.replaceChildren(picture);
  }

  #key(event: KeyboardEvent): void {
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => this.zoom.by(1 / 2),
      '=': () => this.zoom.by(1 / 2),
      '-': () => this.zoom.by(2),
      '0': () => this.zoom.all(),
      Escape: () => this.zoom.all(),
      ArrowLeft: () => this.zoom.move(-1 / 4),
      ArrowRight: () => this.zoom.move(1 / 4),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** Marks a range while the pointer is down, and then shows it. */
  #drag(down: PointerEvent): void {
    if (down.button !== 0 || down.pointerType === 'touch') return;
    const area = this.#area;
    const [left, right] = [Number(area.dataset.left), Number(area.dataset.right)];
    const border = area.getBoundingClientRect().left;
    const xOf = (event: PointerEvent) => Math.min(right, Math.max(left, event.clientX - border));
    const from = xOf(down);
    const mark = svg('rect', { class: 'mark', x: from, y: 0, width: 0, height: HEIGHT - 24 });
    area.querySelector('svg')?.append(mark);
    area.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent) => {
      mark.setAttribute('x', String(Math.min(from, xOf(event))));
      mark.setAttribute('width', String(Math.abs(xOf(event) - from)));
    };
    const up = (event: PointerEvent) => {
      area.removeEventListener('pointermove', move);
      mark.remove();
      const to = xOf(event);
      if (Math.abs(to - from) < 6) return;
      const [low, high] = this.zoom.shown;
      const epochAt = (x: number) => low + ((high - low) * (x - left)) / (right - left);
      this.zoom.show(epochAt(Math.min(from, to)), epochAt(Math.max(from, to)));
    };
    area.addEventListener('pointermove', move);
    area.addEventListener('pointerup', up, { once: true });
  }
}
