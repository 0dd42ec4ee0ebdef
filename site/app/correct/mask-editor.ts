/** A mask that is painted on, without a screen: strokes of a brush, what undoes them, and the way back to the prediction. */
import { invariant } from '../../../src/base/errors.js';
import type { Image } from '../../../src/image/image.js';
import { eachRow, type Pixel } from './brush.js';
import { type Area, type Edit, EditWriter, joined, repeat, revert } from './edit.js';

/** What is kept to be undone, in bytes; the oldest edits go first. */
const UNDO_BYTES = 16 * 2 ** 20;

export interface Brush {
  /** What is painted: 0 erases, else the number of the class. */
  readonly label: number;
  /** In pixels, a whole number from 1. */
  readonly radius: number;
}

interface Stroke extends Brush {
  readonly writer: EditWriter;
  at: Pixel;
}

export class MaskEditor {
  /** The mask as it stands: 0 = background, else the number of the class. It changes in place. */
  readonly mask: Image<Uint8Array>;
  readonly #undoBytes: number;
  readonly #done: Edit[] = [];
  #undone: Edit[] = [];
  #stroke: Stroke | undefined;

  /**
   * @param mask what is corrected; it is copied
   * @param undoBytes how many bytes of edits are kept, beside the last one, which is always
   */
  constructor(mask: Image<Uint8Array>, undoBytes = UNDO_BYTES) {
    invariant(mask.channels === 1, `MaskEditor: expected a mask of one channel, found ${mask.channels}`);
    this.mask = { ...mask, data: mask.data.slice() };
    this.#undoBytes = undoBytes;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Whether a stroke has begun that has not ended. */
  get isPainting(): boolean {
    return this.#stroke !== undefined;
  }

  /** Sets the brush down at a pixel, which may lie outside of the image. @returns what it covers of the image */
  begin(brush: Brush, at: Pixel): Area | undefined {
    this.end();
    this.#stroke = { ...brush, at, writer: new EditWriter(this.mask.data, this.mask.width) };
    return this.moveTo(at);
  }

  /** Paints from where the brush is to `at`, where a stroke has begun. @returns what it covers of the image on this way */
  moveTo(at: Pixel): Area | undefined {
    const stroke = this.#stroke;
    if (!stroke) return undefined;
    const { width } = this.mask;
    let covered: Area | undefined;
    eachRow(stroke.at, at, stroke.radius, this.mask, (y, start, end) => {
      stroke.writer.fill(y * width + start, y * width + end, stroke.label);
      covered = joined(covered, { left: start, top: y, right: end, bottom: y + 1 });
    });
    stroke.at = at;
    return covered;
  }

  /** Lifts the brush: the stroke can be undone as one. @returns what has changed, if anything */
  end(): Area | undefined {
    const edit = this.#stroke?.writer.edit();
    this.#stroke = undefined;
    return edit && this.#keep(edit);
  }

  /** Takes back the stroke that has begun, as where a second finger shows that it was none. */
  cancel(): Area | undefined {
    const edit = this.#stroke?.writer.edit();
    this.#stroke = undefined;
    if (edit) revert(edit, this.mask.data);
    return edit?.area;
  }

  /** Puts another mask of the same size in its place, which can be undone, too. */
  replace({ width, height, data }: Image<Uint8Array>): Area | undefined {
    invariant(
      width === this.mask.width && height === this.mask.height,
      `MaskEditor: expected a mask of ${this.mask.width}x${this.mask.height}, found ${width}x${height}`,
    );
    this.end();
    const writer = new EditWriter(this.mask.data, width);
    for (let y = 0; y < height; y++) {
      for (let start = y * width, end = start; start < (y + 1) * width; start = end) {
        for (end = start + 1; end < (y + 1) * width && data[end] === data[start]; ) end++;
        writer.fill(start, end, data[start]!);
      }
    }
    const edit = writer.edit();
    return edit && this.#keep(edit);
  }

  undo(): Area | undefined {
    this.end();
    const edit = this.#done.pop();
    if (!edit) return undefined;
    revert(edit, this.mask.data);
    this.#undone.push(edit);
    return edit.area;
  }

  redo(): Area | undefined {
    this.end();
    const edit = this.#undone.pop();
    if (!edit) return undefined;
    repeat(edit, this.mask.data);
    this.#done.push(edit);
    return edit.area;
  }

  #keep(edit: Edit): Area {
    this.#done.push(edit);
    this.#undone = [];
    let bytes = this.#done.reduce((sum, { runs }) => sum + runs.byteLength, 0);
    while (bytes > this.#undoBytes && this.#done.length > 1) bytes -= this.#done.shift()!.runs.byteLength;
    return edit.area;
  }
}
