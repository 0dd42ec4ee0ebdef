/** The frames of files, each with what the header says of it: where it lies, its spacing, its scale. */
import type { Spacing } from '../../image/image.js';
import type { DataSet } from './dataset.js';
import { type Place, placeOf } from './geometry.js';
import type { Pixels } from './pixels.js';
import { type Scale, UNSCALED } from './samples.js';

export interface Frame {
  readonly pixels: Pixels;
  /** Its number in the file, from 0 on. */
  readonly index: number;
  readonly place: Place | undefined;
  readonly spacing: Spacing | undefined;
  /** How thick the slice is, or how far the next one is, as the header says; positions say it better. */
  readonly thickness: number | undefined;
  readonly scale: Scale;
  /** The number of the file in its series. */
  readonly instance: number;
}

/** What a spacing is of, where it is not of the patient. */
export const DETECTOR_SPACING = 'Its spacing is that at the detector (ImagerPixelSpacing).';

/** The frames of a file in its order. Enhanced files give each frame its own values, or all of them the same. */
export function framesOf(pixels: Pixels): Frame[] {
  const { dataset } = pixels.file;
  const shared = dataset.items('52009229')[0];
  const own = dataset.items('52009230');
  const instance = dataset.decimal('00200013', 'InstanceNumber') ?? 0;
  const frames: Frame[] = [];
  for (let index = 0; index < pixels.format.frames; index++) {
    const group = (tag: string): DataSet => own[index]?.items(tag)[0] ?? shared?.items(tag)[0] ?? dataset;
    const measures = group('00289110');
    frames.push({
      ...{ pixels, index, instance },
      place: placeOf(group('00209113'), group('00209116')),
      spacing: spacingOf(measures),
      thickness: positive(
        measures.decimal('00180088', 'SpacingBetweenSlices') ?? measures.decimal('00180050', 'SliceThickness'),
      ),
      scale: scaleOf(group('00289145'), pixels),
    });
  }
  return frames;
}

function positive(mm: number | undefined): number | undefined {
  return mm !== undefined && mm > 0 ? mm : undefined;
}

/** Spacings of 0 or less say nothing. */
function spacingOf(measures: DataSet): Spacing | undefined {
  const spacing =
    measures.decimals('00280030', 'PixelSpacing', 2) ?? measures.decimals('00181164', 'ImagerPixelSpacing', 2);
  return spacing?.every((mm) => mm > 0) ? [spacing[0]!, spacing[1]!] : undefined;
}

/** Whether the spacing of a file is that at the detector: the patient lies before it, and is magnified. */
export function hasDetectorSpacing({ file }: Pixels): boolean {
  return file.dataset.texts('00280030').length === 0 && file.dataset.texts('00181164').length > 0;
}

function scaleOf(transformation: DataSet, { channels, format }: Pixels): Scale {
  if (channels !== 1 || format.kind === 'float' || format.bits === 1) return UNSCALED;
  const slope = transformation.decimal('00281053', 'RescaleSlope') ?? 1;
  const intercept = transformation.decimal('00281052', 'RescaleIntercept') ?? 0;
  // A slope of 0 would make every pixel the same: such headers mean none.
  return slope === 0 || (slope === 1 && intercept === 0) ? UNSCALED : { slope, intercept };
}
