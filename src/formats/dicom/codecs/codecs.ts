/** The decoders of compressed frames. Each is an optional package, loaded only for a file that needs it. */
import { InputError } from '../../../base/errors.js';
import { show } from '../../../base/show.js';
import { inflateRaw } from '../../inflate.js';
import { loadPeer, rethrow } from '../../peers.js';
import { frameBytes, type PixelFormat } from '../pixel-format.js';
import { decodeRle } from '../rle.js';
import type { Compression } from '../transfer-syntax.js';
import { CompiledCodec, type Decoded } from './emscripten.js';
import { checkBits, checkSize, jpeg2000Size, jpegSize, untilEnd } from './markers.js';

/** A frame to decode. */
export interface CodedFrame {
  readonly bytes: Uint8Array;
  readonly format: PixelFormat;
  /** The file, for errors: `scan.dcm`. */
  readonly name: string;
  /** The frame, for errors: `scan.dcm: damaged DICOM: frame 3`. */
  readonly what: string;
}

/** What comes of it: samples of `bits` bits each, little-endian. */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  readonly bits: number;
  /** Whether colours are RGB already. */
  readonly isRgb?: boolean;
  /** Whether samples lie pixel by pixel, whatever the header says. */
  readonly isInterleaved?: boolean;
}

/** Decodes a frame. @throws InputError for one that is damaged */
export async function decodeFrame(compression: Compression, frame: CodedFrame): Promise<DecodedFrame> {
  if (compression === 'native') return { bytes: frame.bytes, bits: frame.format.bits };
  try {
    const decoded = await DECODERS[compression](frame);
    const needs = sampleBytes(frame.format, decoded.bits);
    if (decoded.bytes.length >= needs) return decoded;
    throw new Error(`${decoded.bytes.length} of ${needs} bytes`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : typeof error === 'string' ? error : undefined;
    const why = reason === undefined ? '' : ` (${show(reason)})`;
    throw new InputError(`${frame.what} cannot be decoded${why}; copy the file again`);
  }
}

function sampleBytes(format: PixelFormat, bits: number): number {
  return Math.ceil(frameBytes({ ...format, bits }));
}

type Decoder = (frame: CodedFrame) => DecodedFrame | Promise<DecodedFrame>;

const DECODERS: Readonly<Record<Exclude<Compression, 'native'>, Decoder>> = {
  rle: ({ bytes, format, what }) => {
    return { bytes: decodeRle(bytes, format, what), bits: format.bits, isInterleaved: true };
  },
  deflate: ({ bytes, format }) => {
    // A frame of an odd length is padded to an even one.
    return { bytes: inflateRaw(bytes, sampleBytes(format, format.bits) + 1), bits: format.bits };
  },
  jpeg: decodeJpeg,
  'jpeg-lossless': decodeLossless,
  'jpeg-ls': decodeJpegLs,
  'jpeg-2000': decodeJpeg2000,
};

/** The JPEG of photographs, 8 bits a sample. Its colours are those that the header names: no marker is asked. */
async function decodeJpeg({ bytes, format, name, what }: CodedFrame): Promise<DecodedFrame> {
  const size = jpegSize(bytes, what);
  if (size.precision === 12) {
    throw new InputError(
      `${name}: holds JPEG of 12 bits, for which there is no decoder; convert it with gdcmconv --raw`,
    );
  }
  checkSize(size, format, what);
  checkBits(bytes, format, 2 / 64, what);
  if (size.marker === 0xc3) return decodeLossless({ bytes, format, name, what });
  const peer = { name: 'jpeg-js', load: () => import('jpeg-js').catch(rethrow) };
  const { default: library } = await loadPeer(peer, `${name}: JPEG in a DICOM file`);
  const { data } = library.decode(untilEnd(bytes, what), {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    colorTransform: format.colours === 'ybr',
    // The size is known to be within the limits.
    maxResolutionInMP: 1024,
    maxMemoryUsageInMB: 4096,
  });
  const pixels = format.width * format.height;
  if (data.length !== 3 * pixels) throw new Error(`${data.length} of ${3 * pixels} samples`);
  // Grey, too, comes as three channels.
  const samples = format.samples === 3 ? data : Uint8Array.from({ length: pixels }, (_, k) => data[3 * k]!);
  return { bytes: samples, bits: 8, isRgb: true, isInterleaved: true };
}

async function decodeLossless({ bytes, format, name, what }: CodedFrame): Promise<DecodedFrame> {
  checkSize(jpegSize(bytes, what), format, what);
  checkBits(bytes, format, 1, what);
  const peer = { name: 'jpeg-lossless-decoder-js', load: () => import('jpeg-lossless-decoder-js').catch(rethrow) };
  const { Decoder } = await loadPeer(peer, `${name}: lossless JPEG in a DICOM file`);
  const decoder = new Decoder();
  const own = new Uint8Array(untilEnd(bytes, what));
  const decoded = new Uint8Array(decoder.decompress(own.buffer, 0, own.length));
  return { bytes: decoded, bits: 8 * decoder.numBytes, isInterleaved: true };
}

const charls = new CompiledCodec('JpegLSDecoder');
const openjpeg = new CompiledCodec('J2KDecoder');

async function decodeJpegLs({ bytes, format, name, what }: CodedFrame): Promise<DecodedFrame> {
  checkSize(jpegSize(bytes, what), format, what);
  const peer = {
    name: '@cornerstonejs/codec-charls',
    load: () => import('@cornerstonejs/codec-charls/decode').catch(rethrow),
  };
  const { default: start } = await loadPeer(peer, `${name}: JPEG-LS in a DICOM file`);
  const decoded = await charls.decode(start, untilEnd(bytes, what));
  return compiled(decoded);
}

async function decodeJpeg2000({ bytes, format, name, what }: CodedFrame): Promise<DecodedFrame> {
  checkSize(jpeg2000Size(bytes, what), format, what);
  const peer = {
    name: '@cornerstonejs/codec-openjpeg',
    load: () => import('@cornerstonejs/codec-openjpeg/decode').catch(rethrow),
  };
  const { default: start } = await loadPeer(peer, `${name}: JPEG 2000 in a DICOM file`);
  const decoded = await openjpeg.decode(start, bytes);
  // Its colours are transformed back by the codestream itself, where it says so; YBR_FULL stays.
  return compiled(decoded);
}

function compiled({ bytes, info }: Decoded): DecodedFrame {
  return { bytes, bits: info.bitsPerSample <= 8 ? 8 : 16, isInterleaved: true };
}
