/** The codecs that were compiled from C++: each a module with a memory of its own, and a decoder in it. */

/** What a decoder says of the image that it has decoded. */
export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

interface CodecDecoder {
  /** A view of memory for so many bytes, which are written into it. */
  getEncodedBuffer(length: number): Uint8Array;
  /** Its type differs by codec. */
  getDecodedBuffer(): ArrayLike<number>;
  getFrameInfo(): FrameInfo;
  decode(): void;
  delete(): void;
}

type Codec<Name extends string> = { readonly [key in Name]: new () => CodecDecoder } & { readonly HEAPU8: Uint8Array };

/** Starts a module. It prints by the functions that it is given. */
export type Start<Name extends string> = (options: {
  print(text: string): void;
  printErr(text: string): void;
}) => Promise<Codec<Name>>;

/** What a codec gives: the bytes of the samples, little-endian, 1 or 2 each, pixel by pixel. */
export interface Decoded {
  readonly bytes: Uint8Array;
  readonly info: FrameInfo;
}

/** The memory of a module never shrinks: one that has grown beyond this is given up, too. */
const MOST_BYTES = 2 ** 28;

/**
 * A codec that is started when it is first used, and anew after each failure: CharLS writes beyond its buffers where a frame
 * is damaged, and then refuses good ones, or calls functions that are none.
 */
export class CompiledCodec<Name extends string> {
  #started: Promise<Codec<Name>> | undefined;

  constructor(readonly decoder: Name) {}

  /** @throws whatever the codec does: numbers, too */
  async decode(start: Start<Name>, bytes: Uint8Array): Promise<Decoded> {
    this.#started ??= start({ print() {}, printErr() {} });
    try {
      const module = await this.#started;
      const decoder = new module[this.decoder]();
      try {
        decoder.getEncodedBuffer(bytes.length).set(bytes);
        decoder.decode();
        // A copy, as the memory is the codec's.
        return { bytes: new Uint8Array(decoder.getDecodedBuffer()), info: decoder.getFrameInfo() };
      } finally {
        decoder.delete();
        if (module.HEAPU8.length > MOST_BYTES) this.#started = undefined;
      }
    } catch (error) {
      this.#started = undefined;
      throw error;
    }
  }
}
