/** Progress on stderr: a bar that redraws itself on a terminal, a plain line now and then elsewhere. */

import { printable } from '../base/show.js';

const WIDTH = 24;
const REDRAW_MS = 100;
const LINE_MS = 10_000;

/** Removes what stands on the terminal's line. */
export const CLEAR = process.stderr.isTTY ? '\r\x1b[K' : '';

export class Progress {
  readonly #enabled: boolean;
  readonly #stream = process.stderr;
  readonly #interval = process.stderr.isTTY ? REDRAW_MS : LINE_MS;
  /** Short work shows nothing: the first line is due an interval after the start. */
  #last = performance.now();
  #drawn = false;

  constructor({ quiet = false }: { readonly quiet?: boolean }) {
    this.#enabled = !quiet;
  }

  /**
   * @param done of `total`
   * @param text what stands behind the bar
   */
  update(label: string, done: number, total: number, text: string): void {
    const now = performance.now();
    if (!this.#enabled || now - this.#last < this.#interval) return;
    this.#last = now;
    const percent = `${Math.floor((100 * done) / total)}%`.padStart(4);
    if (this.#stream.isTTY) {
      const full = Math.round((WIDTH * done) / total);
      const line = `${label} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}${percent}  ${printable(text)}`;
      // A line that wraps could not be cleared.
      this.#stream.write(CLEAR + line.slice(0, this.#stream.columns - 1));
      this.#drawn = true;
    } else {
      this.#stream.write(`${label} ${percent}  ${printable(text)}\n`);
    }
  }

  /** A line that stays, in place of the bar. */
  line(text: string): void {
    this.clear();
    if (this.#enabled) this.#stream.write(`${printable(text)}\n`);
  }

  /** Removes the bar. */
  clear(): void {
    if (this.#drawn) this.#stream.write(CLEAR);
    this.#drawn = false;
  }
}
