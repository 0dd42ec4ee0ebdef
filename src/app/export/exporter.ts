/** What a format of `export` is: files made of a model, and a check of these very bytes. */
import type { About } from '../../export/bioimage/describe.js';
import type { FileKind } from '../../formats/file-kind.js';
import type { Size } from '../../image/frame.js';
import type { Image } from '../../image/image.js';
import type { Model } from '../../model/model.js';
import type { WeightFormat } from '../../model/weight-formats.js';

/** What a call asks for beside the format. */
export interface ExportRequest {
  /** The name of the model file, for errors and for texts. */
  readonly file: string;
  /** The size that the export is fixed to; absent where the format leaves it open. */
  readonly size?: Size | undefined;
  /** The size that the call states; absent where it leaves it to the model or open. */
  readonly givenSize?: Size | undefined;
  /** Whether what is written normalises images itself. Default: false. */
  readonly preprocessing?: boolean | undefined;
  /** How weights are stored. Default: 'f32'. */
  readonly weights?: WeightFormat | undefined;
  /** What the user says of the model, for formats that have a place for it. */
  readonly about?: About | undefined;
  /** The image that the check runs on, at the size that the network reads. */
  readonly image: Image;
}

/** A file of an export: its path, relative to the folder of the export, and what is in it. */
export interface ExportedFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** What an exporter made. */
export interface Exported {
  readonly files: readonly ExportedFile[];
  /** The largest difference of a probability on the test image, between what was written and the model. */
  readonly maxDifference: number;
  /** More that a person should know, a line each. */
  readonly remarks?: readonly string[];
}

/** The options that belong to some formats. */
export const formatOptions = ['size', 'preprocessing', 'weights', 'name', 'description', 'author', 'license'] as const;

/** A format. */
export interface Exporter {
  /** What it writes and who reads it, for the help. */
  readonly help: string;
  /** What `--out` names: one file of this kind, or a folder of files. */
  readonly target: FileKind | 'folder';
  /** The options that it takes beside those of all formats. */
  readonly takes: readonly (typeof formatOptions)[number][];
  /**
   * The next size that the export takes from this one on. Default: multiples of what the network halves.
   * @param fixed the size that the call fixes the export to
   */
  sizeAround?(model: Model, size: Size, fixed: Size | undefined): Size;
  /**
   * Makes the files and checks them: what they say is read back from their bytes and run on the test image.
   * @param model the network that is exported, pruned to the mode that was asked for, so that its answer is 'accurate'
   * @throws InputError for a network that the format cannot hold
   */
  export(model: Model, request: ExportRequest): Promise<Exported>;
}
