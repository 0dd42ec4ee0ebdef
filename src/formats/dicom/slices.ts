/** Reads the slices of a stack. */
import { invariant } from '../../base/errors.js';
import type { ImageData } from '../../image/image.js';
import { cutOut, type Window } from '../../image/window.js';
import type { StoredImage } from '../format.js';
import { checkLimits } from '../limits.js';
import { copySlice, pixelSpacing, type Slicing } from '../volume.js';
import type { Frame } from './frame-list.js';
import type { Pixels } from './pixels.js';
import { realSample, type Samples } from './samples.js';
import { frameNumber, isAsStored, type View, withinFrame } from './view.js';

/** A frame, as far as slices are made of it. */
export interface SliceFrame extends Pick<Frame, 'index' | 'spacing' | 'scale'> {
  readonly pixels: Pick<Pixels, 'format' | 'image' | 'stored'>;
}

export class Slices {
  /** All frames, where slices are cut across them: made when the first slice is asked for. */
  #volume: Promise<Samples> | undefined;

  constructor(
    readonly frames: readonly SliceFrame[],
    readonly view: View | undefined,
    readonly asFloat: boolean,
    readonly name: string,
  ) {}

  async read(slice: number, window: Window | undefined): Promise<StoredImage> {
    const image = await (this.view && !this.view.isOwnPlane ? this.#cut(this.view.slicing, slice) : this.#frame(slice));
    return window ? cutOut(image, window) : image;
  }

  async #frame(slice: number): Promise<StoredImage> {
    const frame = this.frames[this.view ? frameNumber(this.view, slice) : slice];
    invariant(frame, `slice ${slice} of ${this.frames.length} is read`);
    const image = await frame.pixels.image(frame.index, frame.scale, this.asFloat);
    const { spacing } = frame;
    if (!this.view || isAsStored(this.view)) return { ...image, ...(spacing && { spacing }) };
    const turned = withinFrame(this.view);
    const { data } = image;
    const target = new (data.constructor as new (length: number) => ImageData)(data.length);
    return {
      ...{ width: turned.columns.length, height: turned.rows.length, channels: 1, spacing: pixelSpacing(turned) },
      data: copySlice(turned, 0, target, (pixel) => data[pixel]!),
    };
  }

  async #cut(slicing: Slicing, slice: number): Promise<StoredImage> {
    this.#volume ??= this.#readAll();
    const volume = await this.#volume;
    const [width, height] = [slicing.columns.length, slicing.rows.length];
    const { pixels } = this.frames[0]!;
    const size = pixels.format.width * pixels.format.height;
    const image = { width, height, channels: 1, spacing: pixelSpacing(slicing) };
    // Every frame has its own scale.
    const value = (voxel: number) => {
      return realSample(volume[voxel]!, pixels.format, this.frames[Math.floor(voxel / size)]!.scale);
    };
    const type = this.asFloat ? Float32Array : volume instanceof Uint8Array ? Uint8Array : Uint16Array;
    return { ...image, data: copySlice(slicing, slice, new type(width * height), value) };
  }

  /** All frames as they are stored: half of what floats would take. */
  async #readAll(): Promise<Samples> {
    const { width, height, bits } = this.frames[0]!.pixels.format;
    const bytes = width * height * this.frames.length * Math.max(1, Math.min(4, bits / 8));
    const what = `a volume of ${width}x${height}x${this.frames.length}`;
    checkLimits(width, height, bytes, what, this.name);
    let volume: Samples | undefined;
    for (const [k, { pixels, index }] of this.frames.entries()) {
      const stored = await pixels.stored(index);
      volume ??= new (stored.constructor as new (length: number) => Samples)(stored.length * this.frames.length);
      volume.set(stored, k * stored.length);
    }
    return volume!;
  }
}
