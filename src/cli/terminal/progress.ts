/** Progress on stderr: a bar that redraws itself on a terminal, a plain line now and then elsewhere. */

import { printable } from '../../base/show.js';
import { columnsOf } from './columns.js';

const WIDTH = 24;
/** The shortest bar that is worth showing, in columns. */
const SHORTEST = 6;
const REDRAW_MS = 100;
const LINE_MS = 10_000;

/** Clears the terminal's line. */
export const CLEAR = process.stderr.isTTY ? '\r\x1b[K' : '';

export class ProgressBar {
  readonly #enabled: boolean;
  readonly #stream = process.stderr;
  readonly #interval = process.stderr.isTTY ? REDRAW_MS : LINE_MS;
  /** The time of the last line. Short work shows none: the first one is due an interval after the start. */
  #last = performance.now();
  #drawn = false;

  constructor({ quiet = false }: { readonly quiet?: boolean }) {
    this.#enabled = !quiet;
  }

  /**
   * Redraws the bar, or prints a line where one is due.
   * @param done how many of `total` are done
   * @param text the text behind the bar
   */
  update(label: string, done: number, total: number, text: string): void {
    const now = performance.now();
    if (!this.#enabled || now - this.#last < this.#interval) return;
    this.#last = now;
    const share = Math.min(1, done / total);
    if (this.#stream.isTTY) {
      // A line that wraps could not be cleared, and one that fills the last column wraps on some terminals.
      this.#stream.write(CLEAR + barLine(label, share, printable(text), columnsOf(this.#stream) - 1));
      this.#drawn = true;
    } else {
      this.#stream.write(`${label} ${percent(share)}  ${printable(text)}\n`);
    }
  }

  /** Prints a line that stays, in place of the bar. */
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

/** Draws a bar and words in `room` columns: the bar takes what the words leave, and is left out where that is little. */
export function barLine(label: string, share: number, text: string, room: number): string {
  const words = `${percent(share)}  ${text}`;
  const width = Math.min(WIDTH, room - label.length - 1 - words.length);
  const full = Math.round(width * share);
  const bar = width < SHORTEST ? '' : '█'.repeat(full) + '░'.repeat(width - full);
  return `${label} ${bar}${words}`.slice(0, Math.max(0, room));
}

function percent(share: number): string {
  return `${Math.floor(100 * share)}%`.padStart(4);
}
