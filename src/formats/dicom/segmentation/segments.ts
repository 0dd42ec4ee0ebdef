/** What a DICOM segmentation says: its classes, and which of them each of its frames shows, of which slice. */
import { InputError } from '../../../base/errors.js';
import { show } from '../../../base/show.js';
import { cutOut } from '../../../image/window.js';
import type { OpenedImage, Segments } from '../../format.js';
import type { DataSet } from '../dataset.js';
import { type Place, placeOf } from '../geometry.js';
import type { Pixels } from '../pixels.js';
import { STORAGE } from './segmentation.js';

/** Label maps have a class of their own, as a pixel of them holds the number of its segment. */
const LABEL_MAP_STORAGE = '1.2.840.10008.5.1.4.1.1.66.7';
/** Labels have 8 bits. */
const MOST_SEGMENTS = 255;

export interface SegmentFrame {
  /** Its number in the file, from 0 on. */
  readonly index: number;
  /** The number of the one segment that it shows; absent in a label map. */
  readonly segment?: number;
  readonly place: Place | undefined;
  /** The frames of other files that it is of, as `frameKey` calls them. */
  readonly sources: readonly string[];
}

/** A name for a frame of a file, by the identifier of the file and the number of the frame, from 0 on. */
export function frameKey(instance: string, index: number): string {
  return `${instance}/${index}`;
}

export function isSegmentation({ file: { dataset } }: Pixels): boolean {
  return [STORAGE, LABEL_MAP_STORAGE].includes(dataset.text('00080016') ?? '');
}

export class Segmentation implements Segments {
  readonly names: ReadonlyMap<number, string>;
  readonly frames: readonly SegmentFrame[];

  /** @throws InputError for one of fractions, and for frames of which the segment is not known */
  constructor(readonly pixels: Pixels) {
    const { dataset, name } = pixels.file;
    const type = dataset.text('00620001') ?? '';
    if (!['BINARY', 'LABELMAP'].includes(type) || pixels.format.samples !== 1) {
      throw new InputError(
        `${name}: a DICOM segmentation of type ${show(type)}, expected BINARY or LABELMAP; threshold it, and save it as BINARY`,
      );
    }
    this.names = namesOf(dataset);
    this.frames = framesOf(pixels, type === 'BINARY');
  }

  get name(): string {
    return this.pixels.file.name;
  }

  /** The labels of frames of one slice. Where segments overlap, the higher number has the pixel. */
  async labels(frames: readonly SegmentFrame[]): Promise<Uint8Array<ArrayBuffer>> {
    const { width, height } = this.pixels.format;
    const labels = new Uint8Array(width * height);
    for (const { index, segment } of frames.toSorted((a, b) => (a.segment ?? 0) - (b.segment ?? 0))) {
      const stored = await this.pixels.stored(index);
      for (let i = 0; i < labels.length; i++) {
        if (stored[i]! === 0) continue;
        const label = segment ?? stored[i]!;
        if (label > MOST_SEGMENTS) throw numberRefused(this.name, index, label);
        labels[i] = label;
      }
    }
    return labels;
  }
}

/** Opens a segmentation by itself: the labels of each of its frames. Where these lie is a matter of the image under it. */
export function openSegmentation(pixels: Pixels): OpenedImage {
  const segments = new Segmentation(pixels);
  const { width, height, frames } = pixels.format;
  return {
    format: 'DICOM',
    header: { width, height, channels: 1, bits: 8, samples: 'unsigned', slices: frames },
    verify: () => pixels.check(),
    readsWindows: false,
    async read(frame, window) {
      const image = { width, height, channels: 1, data: await segments.labels([segments.frames[frame]!]) };
      return window ? cutOut(image, window) : image;
    },
    segments,
  };
}

function namesOf(dataset: DataSet): Map<number, string> {
  const decoder = new TextDecoder(dataset.text('00080005') === 'ISO_IR 192' ? 'utf-8' : 'latin1');
  return new Map(
    dataset.items('00620002').flatMap((item) => {
      const number = item.number('00620004') ?? 0;
      const label = decoder.decode(item.elements.get('00620005')?.value).replaceAll('\0', '').trim();
      return number >= 1 && number <= MOST_SEGMENTS ? [[number, label] as const] : [];
    }),
  );
}

function framesOf({ file: { dataset, name }, format }: Pixels, isBinary: boolean): SegmentFrame[] {
  const shared = dataset.items('52009229')[0];
  const own = dataset.items('52009230');
  return Array.from({ length: format.frames }, (_, index): SegmentFrame => {
    const group = (tag: string): DataSet | undefined => own[index]?.items(tag)[0] ?? shared?.items(tag)[0];
    const segment = group('0062000a')?.number('0062000b');
    if (isBinary && !(segment !== undefined && segment >= 1 && segment <= MOST_SEGMENTS)) {
      throw numberRefused(name, index, segment);
    }
    return {
      index,
      ...(isBinary && { segment: segment! }),
      place: placeOf(group('00209113'), group('00209116')),
      sources: (group('00089124')?.items('00082112') ?? []).flatMap(sourceKeys),
    };
  });
}

/** The frames of a source image: the first where it names none. */
function sourceKeys(source: DataSet): string[] {
  const instance = source.text('00081155');
  if (instance === undefined) return [];
  const numbers = source.texts('00081160');
  return (numbers.length > 0 ? numbers : ['1']).map((number) => frameKey(instance, Number(number) - 1));
}

function numberRefused(name: string, index: number, segment: number | undefined): InputError {
  const found = segment === undefined ? 'no segment' : `segment ${segment}`;
  return new InputError(
    `${name}: frame ${index + 1} is of ${found}, expected a number from 1 to ${MOST_SEGMENTS}; renumber the segments`,
  );
}
