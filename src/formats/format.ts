/** The interface of image formats: how files are recognised, opened, read and written. */
import type { Image, Spacing } from '../image/image.js';
import type { Plane } from '../image/plane.js';
import type { Window } from '../image/window.js';
import type { FileKind } from './file-kind.js';
import type { ByteSource } from './source.js';
import type { Affine } from './volume.js';

/** The numbers of a file: whole ones from 0 on, whole ones of either sign, or floating point. */
export type SampleKind = 'unsigned' | 'signed' | 'float';

/** What a file says of its images. A picture has one slice; a volume, or a file of several pages, has more. */
export interface ImageHeader {
  /** The size of a slice in pixels. */
  readonly width: number;
  readonly height: number;
  /** The channels of a slice as it is read. */
  readonly channels: number;
  /** How many bits a sample takes in the file. */
  readonly bits: number;
  readonly samples: SampleKind;
  readonly slices: number;
  /** How far apart the pixels of a slice are in millimetres, where the file says so. */
  readonly spacing?: Spacing;
  /** How far apart the slices are in millimetres. */
  readonly sliceSpacing?: number;
  /** The plane of the slices of a volume. */
  readonly plane?: Plane;
  /** Where the axes of the file itself run, where it says so: `LPS` to the left, to the back and to the head. */
  readonly orientation?: string;
  /** Where slices lie in the patient, where the file says so: the map of (column, row, slice) as they are read. */
  readonly affine?: Affine;
  /** Remarks on what the file holds beside the images that are read, one sentence each. */
  readonly remarks?: readonly string[];
}

/** A slice as it is stored. */
export interface StoredImage extends Image {
  /** The palette index of every pixel where the file has a palette; `data` holds the colours. */
  readonly indices?: Uint8Array;
  /** Present where the file has a channel of transparency, which was left out. */
  readonly hasAlpha?: true;
}

/** What of a file is read. */
export interface OpenOptions {
  /** The plane that volumes are cut into slices along. Default: the one with the smallest pixels. */
  readonly plane?: Plane;
  /** Which volume of a series is read, counted from 1. Where it is absent, files with several are refused. */
  readonly volume?: number;
  /** How many channels are wanted: unless a volume is named, a NIfTI file that has as many in its volumes is read whole. */
  readonly channels?: number;
}

/** A file whose header has been read. It holds nothing open; what it has decoded goes with it. */
export interface OpenedImage {
  /** The name of the format in messages: `PNG`. */
  readonly format: string;
  readonly header: ImageHeader;
  /** Refuses a file that is cut short or damaged, as far as structure and checksums show it without decoding. */
  verify(): Promise<void>;
  /**
   * Decodes a slice, or a window of it, which must lie inside.
   * @throws InputError that names the file for one that is damaged
   */
  read(slice: number, window?: Window): Promise<StoredImage>;
  /** Whether little more is decoded of a large image than a window of it; else all is, for each window. */
  readonly readsWindows: boolean;
  /** Present where the file is a segmentation, whose frames lie over the slices of an image, see `labels`. */
  readonly segments?: Segments;
  /**
   * The labels that a segmentation gives to this image, slice for slice. Absent for images of which there are no such files.
   * @param mask an image with `segments`
   * @throws InputError for a segmentation of another image
   */
  labels?(mask: OpenedImage): OpenedImage;
  /** Writes results beside the file; absent for formats in which a PNG says as much. */
  readonly results?: ResultFormat;
}

/** What a segmentation says of its labels. */
export interface Segments {
  /** The names of the classes by their numbers; '' where a class has none. */
  readonly names: ReadonlyMap<number, string>;
}

/** Writes results as a file that lies over the one that they are of: with its geometry, its resolution, its patient. */
export interface ResultFormat {
  /** Its name in options. */
  readonly name: 'tiff' | 'nifti' | 'dicom';
  /** The ending of such files: `.nii.gz`. */
  readonly extension: string;
  /** Whether it has a place for fractional numbers, too. */
  readonly holdsProbabilities: boolean;
  /** The kind of files that bear a mark; `name` is for errors. */
  kind(mark: string, name: string): FileKind;
  /**
   * Refuses an image that lacks what such a file must say of it, by its header. Absent where any image will do.
   * @throws InputError that names the image
   */
  check?(): void;
  /** @param slices labels as whole numbers, or probabilities in channels */
  encode(slices: readonly Image[], about: ResultsMeaning): Promise<Uint8Array>;
}

/** What results mean that are written beside an image. */
export interface ResultsMeaning {
  /** The names of the classes 1, 2, … */
  readonly classNames: readonly string[];
  /** What is written into the file, by which it is known as ours: `unetpp mask`. */
  readonly mark: string;
}

/** A format. Every function starts its errors, InputErrors of one line, with the file's name. */
export interface ImageFormat {
  /** The name of the format in messages: `PNG`. */
  readonly name: string;
  /** The endings of the names of such files, in lower case: `.png`. */
  readonly extensions: readonly string[];
  /** Whether a file that begins like this has the format. @param start its first `SIGNATURE_BYTES`, see signature.ts */
  matches(start: Uint8Array): boolean;
  /**
   * Reads what a file says of its images.
   * @throws InputError for a file that is truncated, damaged, too large, or of a kind that is not read
   */
  open(source: ByteSource, options: OpenOptions): Promise<OpenedImage>;
  /** Encodes a picture. It refuses one that the format cannot hold. Formats without it are only read. */
  encode?(image: Image, name: string): Uint8Array;
}
