/** A change of a mask that can be undone: the runs of pixels that changed, with the labels before and after. */

/** How many numbers there are for a run: its first pixel, the pixel behind its last, the label before, and the label after. */
const RUN = 4;

/** The part of an image that has to be drawn anew: columns `left` up to `right`, rows `top` up to `bottom`, ends not included. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Edit {
  readonly runs: Uint32Array;
  readonly area: Area;
}

export class EditWriter {
  readonly #data: Uint8Array;
  readonly #width: number;
  readonly #runs: number[] = [];
  #area: Area | undefined;

  /** @param data the mask, row by row, which is changed in place */
  constructor(data: Uint8Array, width: number) {
    this.#data = data;
    this.#width = width;
  }

  /** Gives pixels `start` up to `end` of one row the label `after`, and notes down those that had another one. */
  fill(start: number, end: number, after: number): void {
    for (let from = start, to = start; from < end; from = to) {
      const before = this.#data[from]!;
      for (to = from + 1; to < end && this.#data[to] === before; ) to++;
      if (before !== after) this.#write(from, to, before, after);
    }
    this.#data.fill(after, start, end);
  }

  #write(start: number, end: number, before: number, after: number): void {
    this.#runs.push(start, end, before, after);
    const y = Math.floor(start / this.#width);
    const x = start - y * this.#width;
    this.#area = joined(this.#area, { left: x, top: y, right: x + end - start, bottom: y + 1 });
  }

  /** What has changed so far; undefined where nothing has. */
  edit(): Edit | undefined {
    return this.#area && { runs: Uint32Array.from(this.#runs), area: this.#area };
  }
}

/** Brings back the labels before an edit, the last run first. */
export function revert({ runs }: Edit, data: Uint8Array): void {
  for (let i = runs.length - RUN; i >= 0; i -= RUN) data.fill(runs[i + 2]!, runs[i]!, runs[i + 1]!);
}

export function repeat({ runs }: Edit, data: Uint8Array): void {
  for (let i = 0; i < runs.length; i += RUN) data.fill(runs[i + 3]!, runs[i]!, runs[i + 1]!);
}

/** The smallest area around two. */
export function joined(a: Area | undefined, b: Area): Area {
  if (!a) return b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}
