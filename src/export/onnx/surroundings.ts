/**
 * What a file does around the network: it normalises images where it is asked to, and where its size is fixed to one that
 * cannot be halved as often as the network does, it pads them and crops the answer, as a prediction does (`src/image`).
 */
import { InputError } from '../../base/errors.js';
import type { Size } from '../../image/frame.js';
import type { Normalisation } from '../../image/normalise.js';
import { paddedFrame } from '../../image/pad.js';
import type { OnnxBuilder } from './onnx-builder.js';

export interface Surroundings {
  /** How the file normalises images. Where it is absent, it takes them normalised. */
  readonly normalisation?: Normalisation | undefined;
  /** The size of the images, where the file is fixed to one. */
  readonly size?: Size | undefined;
  /** What the sides are multiples of that the network reads. */
  readonly multiple: number;
}

/** The name of the images as they go into a file. */
export const IMAGE = 'image';

/** Height and width among the axes of ONNX. */
const ROWS = 2;
const COLUMNS = 3;

/** All values of an image. */
const PER_IMAGE = { axes: [1, 2, 3], keepdims: 1 };

/** The normalisations that are functions of the tensor alone, of which a file does nothing but arithmetic. */
const NORMALISATIONS: { readonly [how: string]: (onnx: OnnxBuilder) => string } = {
  /** 8 bits: their numbers as floats. */
  range: (onnx) => onnx.add('Div', [IMAGE, onnx.floats('white', [255])], `${IMAGE}/unit`),

  zscore(onnx) {
    const mean = onnx.add('ReduceMean', [IMAGE], `${IMAGE}/mean`, PER_IMAGE);
    const centred = onnx.add('Sub', [IMAGE, mean], `${IMAGE}/centred`);
    const squares = onnx.add('Mul', [centred, centred], `${IMAGE}/squares`);
    const variance = onnx.add('ReduceMean', [squares], `${IMAGE}/variance`, PER_IMAGE);
    const deviation = onnx.add('Sqrt', [variance], `${IMAGE}/deviation`);
    const scaled = onnx.add('Div', [centred, deviation], `${IMAGE}/scaled`);
    // A flat image is 0. Its mean may be off by a rounding, and its deviation then is no 0.
    const lowest = onnx.add('ReduceMin', [IMAGE], `${IMAGE}/lowest`, PER_IMAGE);
    const highest = onnx.add('ReduceMax', [IMAGE], `${IMAGE}/highest`, PER_IMAGE);
    const flat = onnx.add('Equal', [lowest, highest], `${IMAGE}/flat`);
    return onnx.add('Where', [flat, onnx.floats('zero', [0]), scaled], `${IMAGE}/standard`);
  },
};

/** The names of the normalisations that a file can do. */
export const fileNormalisations = Object.keys(NORMALISATIONS) as Normalisation[];

/**
 * Appends what comes before the network, and returns the name of what the network reads.
 * @throws InputError for a normalisation that a file cannot do
 */
export function writeInput(onnx: OnnxBuilder, { normalisation, size, multiple }: Surroundings): string {
  const image = normalisation === undefined ? IMAGE : normalised(onnx, normalisation);
  if (!size) return image;
  const { width, height, x, y } = paddedFrame(size, multiple);
  const rows = padded(onnx, image, { axis: ROWS, length: size.height, before: y, total: height });
  return padded(onnx, rows, { axis: COLUMNS, length: size.width, before: x, total: width });
}

function normalised(onnx: OnnxBuilder, how: Normalisation): string {
  const write = NORMALISATIONS[how];
  if (write) return write(onnx);
  throw new InputError(
    `preprocessing: an ONNX file normalises images by ${fileNormalisations.join(' or ')}, this model by ${how}; leave preprocessing out, and give the file images that are normalised already`,
  );
}

/**
 * Appends a padding by reflection along one axis. A Pad reaches as far as the image is long; beyond, what it made is
 * reflected again, at edges that are its mirrors, so that the reflection goes back and forth.
 */
function padded(
  onnx: OnnxBuilder,
  image: string,
  { axis, length, before, total }: { axis: number; length: number; before: number; total: number },
): string {
  if (length === total) return image;
  const reach = Math.max(1, length - 1);
  const [low, high] = [Math.min(before, reach), Math.min(total - length - before, reach)];
  const pads = [0, 0, 0, 0, 0, 0, 0, 0];
  [pads[axis], pads[axis + 4]] = [low, high];
  const y = `${image}/${axis === ROWS ? 'rows' : 'columns'}`;
  const mode = length === 1 ? 'edge' : 'reflect';
  onnx.add('Pad', [image, onnx.integers(`${y}/pads`, pads)], y, { mode });
  return padded(onnx, y, { axis, length: low + length + high, before: before - low, total });
}

/** Whether the answers of the network are cropped. */
export function isCropped({ size, multiple }: Surroundings): boolean {
  return size !== undefined && (size.width % multiple !== 0 || size.height % multiple !== 0);
}

/** Appends the crop of an answer to the size of the images. */
export function writeCrop(onnx: OnnxBuilder, answer: string, output: string, { size, multiple }: Surroundings): void {
  const { width, height } = size!;
  const { x, y } = paddedFrame(size!, multiple);
  const starts = onnx.integers('crop/starts', [y, x]);
  const ends = onnx.integers('crop/ends', [y + height, x + width]);
  const axes = onnx.integers('crop/axes', [ROWS, COLUMNS]);
  onnx.add('Slice', [answer, starts, ends, axes], output);
}
