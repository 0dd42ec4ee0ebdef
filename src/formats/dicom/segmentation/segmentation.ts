/** DICOM segmentations (SEG): labels as one picture of bits for each class and slice, with the geometry of their source. */
import { InputError } from '../../../base/errors.js';
import { sha256OfParts } from '../../../base/sha256.js';
import { type FileKind, SOFTWARE } from '../../file-kind.js';
import type { ResultsMeaning } from '../../format.js';
import { type DataElements, decimalText, encodeFile, pointer } from '../encode.js';
import type { Frame } from '../frame-list.js';
import type { LabelsOf } from './labels.js';
import { isAscii, sourceElements } from './source-elements.js';
import { uidOf } from './uid.js';

export const STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
/** A series of its own, by a number that scanners hardly reach. */
const SERIES_NUMBER = '9900';

/** The kind of segmentations that this program wrote, by the head of the file, which names its class and its writer. */
export function segmentationKind(_mark: string, name: string): FileKind {
  const own = [STORAGE, SOFTWARE.toUpperCase()];
  return { name, begins: (head) => head.startsWith('DICM', 128) && own.every((text) => head.includes(text)) };
}

/** A slice that holds a class. */
interface Segmented {
  /** From 1 on. */
  readonly segment: number;
  /** The number of the slice, from 0 on. */
  readonly slice: number;
}

/** @throws InputError for an image that does not say where it lies */
export function requirePlaces(frames: readonly Frame[], name: string): void {
  const { dataset } = frames[0]!.pixels.file;
  const lacking = [
    ...(dataset.text('00200052') ? [] : ['frame of reference']),
    ...(frames.every(({ place }) => place) ? [] : ['position and orientation']),
    ...(frames.every(({ spacing }) => spacing) ? [] : ['spacing of pixels']),
  ];
  if (lacking.length === 0) return;
  const what = `does not say where it lies (no ${lacking.join(', no ')})`;
  throw new InputError(`${name}: ${what}, which a DICOM segmentation needs; take --format nifti or png`);
}

/**
 * Encodes labels of all frames: a segment for each class, its frames where the class occurs. UIDs are derived from those of
 * the source, the mark and the labels, and there is no time in it but the source's.
 * @throws InputError for a source that lies in no frame of reference, and for labels without a class
 */
export async function encodeSegmentation(
  frames: readonly Frame[],
  labelsOf: LabelsOf,
  { classNames, mark }: ResultsMeaning,
  name: string,
): Promise<Uint8Array> {
  requirePlaces(frames, name);
  const digest = await sha256OfParts(frames.map((_, slice) => labelsOf(slice)));
  const sources = frames.map(({ pixels, index }) => `${sopInstance(pixels.file.dataset)}/${index}`);
  const basis = [SOFTWARE, mark, ...classNames, digest, ...sources];
  const [instance, series, organisation, implementation] = await Promise.all([
    uidOf(['instance', ...basis]),
    uidOf(['series', ...basis]),
    uidOf(['dimensions', ...basis]),
    uidOf(['implementation', SOFTWARE]),
  ]);
  const segmented = segmentedSlices(frames, labelsOf, classNames, name);
  const meta: DataElements = {
    '00020001': ['OB', Uint8Array.of(0, 1)],
    '00020002': ['UI', STORAGE],
    '00020003': ['UI', instance],
    '00020010': ['UI', EXPLICIT_LITTLE],
    '00020012': ['UI', implementation],
    '00020013': ['SH', SOFTWARE.toUpperCase()],
  };
  return encodeFile(meta, {
    ...generalElements(frames, classNames, mark),
    '00080018': ['UI', instance],
    '0020000e': ['UI', series],
    ...dimensions(organisation),
    '00280008': ['IS', String(segmented.length)],
    '52009229': ['SQ', [sharedGroups(frames[0]!)]],
    '52009230': ['SQ', segmented.map((each) => frameGroups(each, frames[each.slice]!))],
    '7fe00010': ['OB', packedBits(segmented, frames, labelsOf)],
  });
}

function sopInstance(dataset: Frame['pixels']['file']['dataset']): string {
  return dataset.text('00080018') ?? '';
}

/** The slices that each class occurs in; one at least, as a segmentation has a frame. */
function segmentedSlices(
  frames: readonly Frame[],
  labelsOf: LabelsOf,
  classNames: readonly string[],
  name: string,
): Segmented[] {
  const slicesOf: number[][] = classNames.map(() => []);
  for (let slice = 0; slice < frames.length; slice++) {
    const occurs = new Uint8Array(256);
    for (const label of labelsOf(slice)) occurs[label] = 1;
    const beyond = occurs.lastIndexOf(1);
    if (beyond > classNames.length) {
      throw new InputError(`${name}: slice ${slice + 1} has label ${beyond}, there are ${classNames.length} classes`);
    }
    for (const [k, slices] of slicesOf.entries()) if (occurs[k + 1]) slices.push(slice);
  }
  const segmented = slicesOf.flatMap((slices, k) => slices.map((slice) => ({ segment: k + 1, slice })));
  return segmented.length > 0 ? segmented : [{ segment: 1, slice: 0 }];
}

/** One bit a pixel, the lowest of each byte first; frames follow each other without a gap. */
function packedBits(segmented: readonly Segmented[], frames: readonly Frame[], labelsOf: LabelsOf): Uint8Array {
  const { width, height } = frames[0]!.pixels.format;
  const pixels = width * height;
  const bytes = new Uint8Array(Math.ceil((segmented.length * pixels) / 8));
  segmented.forEach(({ segment, slice }, k) => {
    const labels = labelsOf(slice);
    for (let i = 0, at = k * pixels; i < pixels; i++, at++) {
      if (labels[i] === segment) bytes[Math.floor(at / 8)]! |= 1 << (at % 8);
    }
  });
  return bytes;
}

function generalElements(frames: readonly Frame[], classNames: readonly string[], mark: string): DataElements {
  const { file, format } = frames[0]!.pixels;
  const taken = sourceElements(file);
  const isUtf8 = isAscii(taken) || file.dataset.text('00080005') === 'ISO_IR 192';
  // Other character sets cannot be mixed with UTF-8.
  const text = (value: string) => (isUtf8 ? value : value.replace(/[^ -~]/g, '?')).replaceAll('\\', '/').slice(0, 64);
  return {
    ...taken,
    ...(isUtf8 && { '00080005': ['CS', 'ISO_IR 192'] }),
    '00080008': ['CS', 'DERIVED\\PRIMARY'],
    '00080016': ['UI', STORAGE],
    '00080060': ['CS', 'SEG'],
    '00080070': ['LO', SOFTWARE],
    '0008103e': ['LO', text(mark)],
    '00081090': ['LO', SOFTWARE],
    '00081115': ['SQ', referencedSeries(frames)],
    '00181000': ['LO', '0'],
    '00181020': ['LO', SOFTWARE],
    '00200011': ['IS', SERIES_NUMBER],
    '00200013': ['IS', '1'],
    '00280002': ['US', [1]],
    '00280004': ['CS', 'MONOCHROME2'],
    '00280010': ['US', [format.height]],
    '00280011': ['US', [format.width]],
    '00280100': ['US', [1]],
    '00280101': ['US', [1]],
    '00280102': ['US', [0]],
    '00280103': ['US', [0]],
    '00620001': ['CS', 'BINARY'],
    '00620002': ['SQ', classNames.map((label, k) => segment(text(label), k + 1))],
    '00700080': ['CS', 'SEGMENTATION'],
    '00700081': ['LO', text(mark)],
    '00700084': ['PN', ''],
  };
}

/** A class. What it is in the body is not known: its name says it, its code says tissue. */
function segment(label: string, number: number): DataElements {
  const tissue = code('85756007', 'SCT', 'Tissue');
  return {
    '00620003': ['SQ', [tissue]],
    '00620004': ['US', [number]],
    '00620005': ['LO', label],
    '00620008': ['CS', 'AUTOMATIC'],
    '00620009': ['LO', SOFTWARE],
    '0062000f': ['SQ', [tissue]],
  };
}

function code(value: string, scheme: string, meaning: string): DataElements {
  return { '00080100': ['SH', value], '00080102': ['SH', scheme], '00080104': ['LO', meaning] };
}

/** The files that the segmentation is of, series by series. */
function referencedSeries(frames: readonly Frame[]): DataElements[] {
  const series = new Map<string, Map<string, DataElements>>();
  for (const { pixels } of frames) {
    const { dataset } = pixels.file;
    const uid = dataset.text('0020000e') ?? '';
    if (!series.has(uid)) series.set(uid, new Map());
    series.get(uid)!.set(sopInstance(dataset), instanceReference(dataset));
  }
  return [...series].map(([uid, instances]) => ({
    '0008114a': ['SQ', [...instances.values()]],
    '0020000e': ['UI', uid],
  }));
}

function instanceReference(dataset: Frame['pixels']['file']['dataset']): DataElements {
  return { '00081150': ['UI', dataset.text('00080016') ?? ''], '00081155': ['UI', sopInstance(dataset)] };
}

/** Frames are told apart by their segment and by where they lie. */
function dimensions(organisation: string): DataElements {
  const index = (tag: string, group: string, label: string): DataElements => ({
    '00209164': ['UI', organisation],
    '00209165': ['AT', pointer(tag)],
    '00209167': ['AT', pointer(group)],
    '00209421': ['LO', label],
  });
  return {
    '00209221': ['SQ', [{ '00209164': ['UI', organisation] }]],
    '00209222': ['SQ', [index('0062000b', '0062000a', 'Segment'), index('00200032', '00209113', 'Position')]],
  };
}

/** What all frames have in common: their orientation and how far apart pixels are. */
function sharedGroups({ place, spacing, thickness }: Frame): DataElements {
  const measures: DataElements = {
    ...(thickness !== undefined && { '00180050': ['DS', decimalText(thickness)] }),
    '00280030': ['DS', spacing!.map(decimalText).join('\\')],
  };
  return {
    '00209116': ['SQ', [{ '00200037': ['DS', place!.orientation.map(decimalText).join('\\')] }]],
    '00289110': ['SQ', [measures]],
  };
}

/** What each frame has of its own: its source, its segment, its position. */
function frameGroups({ segment, slice }: Segmented, { pixels, index, place }: Frame): DataElements {
  const source: DataElements = {
    ...instanceReference(pixels.file.dataset),
    ...(pixels.format.frames > 1 && { '00081160': ['IS', String(index + 1)] }),
    '0040a170': ['SQ', [code('121322', 'DCM', 'Source image for image processing operation')]],
  };
  const derivation: DataElements = {
    '00082112': ['SQ', [source]],
    '00089215': ['SQ', [code('113076', 'DCM', 'Segmentation')]],
  };
  return {
    '00089124': ['SQ', [derivation]],
    '00209111': ['SQ', [{ '00209157': ['UL', [segment, slice + 1]] }]],
    '00209113': ['SQ', [{ '00200032': ['DS', place!.position.map(decimalText).join('\\')] }]],
    '0062000a': ['SQ', [{ '0062000b': ['US', [segment]] }]],
  };
}
