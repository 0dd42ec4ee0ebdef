/** What is used of packages that come without types. */

declare module '@cornerstonejs/codec-charls/decode' {
  const start: import('./codecs/emscripten.js').Start<'JpegLSDecoder'>;
  export default start;
}

declare module '@cornerstonejs/codec-openjpeg/decode' {
  const start: import('./codecs/emscripten.js').Start<'J2KDecoder'>;
  export default start;
}

declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    /** How many bytes a decoded sample takes: 1 or 2. */
    readonly numBytes: number;
    decompress(buffer: ArrayBuffer, offset: number, length: number): ArrayBuffer;
  }
}
