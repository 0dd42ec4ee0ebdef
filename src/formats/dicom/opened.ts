/** Frames as an image that is read slice by slice. */
import { invariant } from '../../base/errors.js';
import type { ImageHeader, OpenedImage, OpenOptions } from '../format.js';
import { type Affine, affineOfSlices, pixelSpacing } from '../volume.js';
import { DETECTOR_SPACING, type Frame, hasDetectorSpacing } from './frame-list.js';
import { affineOf, normalOf, type Vector } from './geometry.js';
import { mirrors, staysWhole } from './samples.js';
import { labelsOfFrames } from './segmentation/labels.js';
import { labelFrames } from './segmentation/placing.js';
import { encodeSegmentation, requirePlaces, segmentationKind } from './segmentation/segmentation.js';
import { Segmentation } from './segmentation/segments.js';
import { Slices } from './slices.js';
import { type Stack, stackOf } from './stack.js';
import { lettersOf, lettersOfView, type View, viewOf } from './view.js';

interface OpenedOptions extends OpenOptions {
  /** The file, or the series, for errors. */
  readonly name: string;
  readonly isOneFile: boolean;
}

/**
 * The image of frames of one size and one kind.
 * @throws InputError for frames that are no stack where they must be one, and for a plane that cannot be cut
 */
export function openFrames(frames: readonly Frame[], { name, isOneFile, plane, volume }: OpenedOptions): OpenedImage {
  const stack = stackOf(frames, { name, volume, isOneFile });
  const view = viewOf(stack, plane, name);
  const asFloat = stack.frames.some(({ pixels, scale }) => !staysWhole(pixels.format, scale));
  const slices = new Slices(stack.frames, view, asFloat, name);
  const header = headerOf(stack, view);
  return {
    format: 'DICOM',
    header,
    async verify() {
      for (const pixels of new Set(stack.frames.map((frame) => frame.pixels))) await pixels.check();
    },
    readsWindows: false,
    read: (slice, window) => slices.read(slice, window),
    labels(mask) {
      invariant(mask.segments instanceof Segmentation, 'labels of DICOM images come from DICOM segmentations');
      const labels = new Slices(labelFrames(mask.segments, stack.frames, name), view, false, mask.segments.name);
      return {
        ...mask,
        header: { ...header, channels: 1, bits: 8, samples: 'unsigned' },
        read: (slice, window) => labels.read(slice, window),
      };
    },
    results: {
      name: 'dicom',
      extension: '.dcm',
      holdsProbabilities: false,
      kind: segmentationKind,
      check: () => requirePlaces(stack.frames, name),
      async encode(results, about) {
        const labels = labelsOfFrames(results, stack.frames, view, name);
        return encodeSegmentation(stack.frames, labels, about, name);
      },
    },
  };
}

function headerOf(stack: Stack, view: View | undefined): ImageHeader {
  const { frames, sliceSpacing, remarks } = stack;
  const [first] = frames as [Frame];
  const { pixels, scale } = first;
  const { format } = pixels;
  const own: string[] = [...remarks];
  if (!view && hasDetectorSpacing(pixels)) own.push(DETECTOR_SPACING);
  if (format.colours === 'inverted grey') {
    own.push(
      mirrors(format, scale)
        ? 'Low values are bright in it (MONOCHROME1): values are mirrored within their bits.'
        : 'Low values are bright in it (MONOCHROME1): its rescaled values are left as they are.',
    );
  }
  if (pixels.file.dataset.items('00283000').length > 0) own.push('Its table of values (Modality LUT) is not applied.');
  const spacing = view ? pixelSpacing(view.slicing) : first.spacing;
  const between = view && !view.isOwnPlane ? view.slicing.slices.spacing : (sliceSpacing ?? singleSpacing(frames));
  const orientation = view ? lettersOfView(view) : frames.length === 1 ? lettersOf(first) : undefined;
  const affine = affineOfStack(stack, view);
  return {
    width: view?.slicing.columns.length ?? format.width,
    height: view?.slicing.rows.length ?? format.height,
    channels: pixels.channels,
    bits: format.bits,
    samples: format.kind,
    slices: view?.slicing.slices.length ?? frames.length,
    ...(spacing && { spacing }),
    ...(between !== undefined && { sliceSpacing: between }),
    // A picture is not cut.
    ...(view && frames.length > 1 && { plane: view.slicing.plane }),
    ...(orientation !== undefined && { orientation }),
    ...(affine && { affine }),
    ...(own.length > 0 && { remarks: own }),
  };
}

/** Where slices lie; undefined where no affine map holds for all of them. */
function affineOfStack({ grid, isVolume, frames }: Stack, view: View | undefined): Affine | undefined {
  if (grid && view && (isVolume || frames.length === 1)) return affineOfSlices(grid, view.slicing);
  const [{ place, spacing, thickness = 1 }] = frames as [Frame];
  if (frames.length > 1 || !place || !spacing) return undefined;
  return affineOf(place, spacing, normalOf(place).map((x) => x * thickness) as unknown as Vector);
}

function singleSpacing(frames: readonly Frame[]): number | undefined {
  return frames.length === 1 ? frames[0]!.thickness : undefined;
}
