/** The pixels of a file, frame by frame. */
import { InputError } from '../../base/errors.js';
import { checkImage } from '../../image/channels.js';
import type { StoredImage } from '../format.js';
import { decodeFrame } from './codecs/codecs.js';
import { colourOf, expand422, interleaved, type Palette, paletteOf, ybrToRgb } from './colours.js';
import type { DicomFile } from './file.js';
import { checkLength, FrameBytes } from './frames.js';
import { type PixelFormat, pixelFormat } from './pixel-format.js';
import { realSamples, type Samples, type Scale, samplesOf, UNSCALED } from './samples.js';

export class Pixels {
  readonly format: PixelFormat;
  readonly #frames: FrameBytes;
  readonly #palette: Palette | undefined;

  /** @throws InputError for pixels that are not read, or not all there */
  constructor(readonly file: DicomFile) {
    this.format = pixelFormat(file);
    checkLength(file, this.format);
    this.#frames = new FrameBytes(file, this.format);
    const { dataset, name } = file;
    if (this.format.colours === 'palette') this.#palette = paletteOf(dataset, { kind: this.format.kind, name });
  }

  /** The channels of a frame as it is read. */
  get channels(): number {
    return this.format.colours === 'palette' ? 3 : this.format.samples;
  }

  /** Refuses fragments of pixels that do not make up the frames. */
  check(): Promise<void> {
    return this.#frames.check();
  }

  /** Decodes a grey frame to the numbers that are stored. */
  async stored(frame: number): Promise<Samples> {
    return (await this.#decode(frame)).samples;
  }

  /** Decodes a frame. @param asFloat whether whole numbers become floats, as they do in other frames beside it */
  async image(frame: number, scale: Scale, asFloat: boolean): Promise<StoredImage> {
    const { width, height } = this.format;
    const { samples, isRgb } = await this.#decode(frame);
    if (this.channels === 1) {
      return this.real(samples, frame, scale, asFloat);
    }
    const size = { width, height, channels: 3 };
    if (this.#palette) {
      const indices = samples instanceof Uint8Array ? { indices: samples } : {};
      return { ...size, data: colourOf(samples, this.#palette), ...indices };
    }
    const data = samples as Uint8Array | Uint16Array;
    if (isRgb || this.format.colours === 'rgb') return { ...size, data };
    return { ...size, data: ybrToRgb(data as Uint8Array) };
  }

  /** The grey image of numbers that are stored. @throws InputError for numbers that are not finite */
  real(samples: Samples, frame: number, scale: Scale, asFloat: boolean): StoredImage {
    const { width, height, kind } = this.format;
    const image = { width, height, channels: 1, data: realSamples(samples, this.format, scale, asFloat) };
    if (kind === 'float' || scale !== UNSCALED) checkImage(image, `${this.file.name}: frame ${frame + 1}`);
    return image;
  }

  async #decode(frame: number): Promise<{ samples: Samples; isRgb: boolean }> {
    const { file, format } = this;
    const { name, syntax } = file;
    const { bytes, skip } = await this.#frames.read(frame);
    const what = `${name}: damaged DICOM: frame ${frame + 1}`;
    const decoded = await decodeFrame(syntax.compression, { bytes, format, name, what });
    const count = format.width * format.height * format.samples;
    const layout = { isBigEndian: syntax.isBigEndian, skip };
    if (format.colours === 'ybr-422') {
      const pairs = samplesOf(decoded.bytes, format, (count / 3) * 2, layout);
      return { samples: expand422(pairs as Uint8Array), isRgb: false };
    }
    const { bits } = decoded;
    if (bits > format.bits) throw new InputError(`${what} has ${bits} bits a sample, expected ${format.bits}`);
    // A codec gives one byte for samples of up to 8 bits, wherever they would be stored.
    const coded = bits < format.bits ? { ...format, bits, storedBits: Math.min(bits, format.storedBits) } : format;
    const own = bits < format.bits ? { ...coded, highBit: coded.storedBits - 1 } : coded;
    const read = samplesOf(decoded.bytes, own, count, layout);
    const samples = bits < format.bits ? widened(read) : read;
    const isPlanar = format.isPlanar && !decoded.isInterleaved;
    return { samples: isPlanar ? interleaved(samples) : samples, isRgb: decoded.isRgb ?? false };
  }
}

/** The same numbers in the type of 16 bits. */
function widened(samples: Samples): Samples {
  return samples instanceof Int8Array ? Int16Array.from(samples) : Uint16Array.from(samples);
}
