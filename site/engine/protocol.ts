/**
 * What the page asks of its engine, the worker that computes. Arguments and results are plain values that can be posted
 * between threads; functions are called back (src/platform/web/remote.ts).
 */
import type { Progress } from '../../src/app/observer.js';
import type { TrainResult } from '../../src/app/training/result.js';
import type { CheckSummary } from '../../src/cli/tables/check-report.js';
import type { Image } from '../../src/image/image.js';
import type { ModelConfig } from '../../src/network/config.js';
import type { Output } from '../../src/network/mode.js';
import type { DroppedFile } from '../../src/platform/web/files/dropped-files.js';
import type { StepReport } from '../../src/train/observer.js';
import type { EpochReport } from '../../src/train/report.js';

/** Options as the command line spells them, by their names in the library: `{ epochs: '2', filters: '4,8,16' }`. */
export type GivenOptions = Readonly<Record<string, string>>;

export type { DroppedFile };

export interface Engine {
  /** Prepares a backend and checks it against the reference; called first, and again to compute with another one. */
  start(wanted: { readonly backend: 'wasm' | 'webgpu'; readonly threads: number | 'auto' }): Promise<EngineFacts>;
  /** What a person copies into a report of a fault: versions, the browser, what computes, memory, storage. */
  diagnostics(): Promise<string>;

  /** Looks at what was dropped: a labelled folder is copied into the page's storage and checked, images are kept to be segmented. */
  take(name: string, files: readonly DroppedFile[], onProgress: (progress: Progress) => void): Promise<Taken>;

  /** Checks a data set that is kept again, `data/NAME`. */
  check(
    data: string,
    onProgress: (progress: Progress) => void,
  ): Promise<Omit<Taken & { readonly kind: 'data' }, 'kind'>>;

  /**
   * The options of a training with what is given, their reasons, and what it takes. Without `data` it is on the phantom.
   * As on the command line, options are chosen to suit the data unless one of the network is given; `planning: 'auto'`
   * asks for it all the same.
   */
  plan(data: string | undefined, given: GivenOptions): Promise<PlanView>;
  /** Trains until it is done, stopped, or fails. Only one training runs at a time. */
  train(data: string | undefined, given: GivenOptions, events: TrainingEvents): Promise<Trained>;
  /** Goes on with a run of `runs`. */
  resume(run: string, events: TrainingEvents): Promise<Trained>;
  /** Ends the training at the next step, with a checkpoint; `train` then returns its result. */
  stop(): Promise<void>;
  /** Holds the training at the next step, or lets it go on. */
  pause(paused: boolean): Promise<void>;
  /** The runs in the page's storage, the newest first. */
  runs(): Promise<readonly RunView[]>;

  /** Opens a model: the bytes of its file, the best of a run, or one that comes with the page. It is the model of what follows. */
  openModel(
    source: { readonly file: File } | { readonly run: string } | { readonly bundled: string },
  ): Promise<ModelView>;

  /** Opens an image file, or a name of the data set, to be looked at and segmented. */
  openImage(
    source:
      | { readonly file: DroppedFile }
      /** One of the images of `Taken`, by its name. */
      | { readonly taken: string }
      | { readonly data: string; readonly name: string }
      /** A slice of the phantom, from `train-0000` on. */
      | { readonly sample: string },
  ): Promise<ImageView>;
  /** What is shown of the middle slice of an image, which is not opened for it: a list shows hundreds. */
  glance(source: Parameters<Engine['openImage']>[0]): Promise<SliceView>;
  /** What is shown of a slice of an open image, and its true mask. */
  slice(image: string, slice: number): Promise<SliceView>;
  /**
   * Segments an image by every head and their mean; with the time of each, and Dice where there is a mask.
   * @param onMean is told at once of the mean, which is computed before the others
   */
  compare(image: string, slice: number, onMean?: (mean: HeadView) => void): Promise<readonly HeadView[]>;
  /** What each node X(i,j) computes for an image. */
  features(image: string, slice: number): Promise<readonly NodeView[]>;

  /** Keeps a corrected mask (0 background, else the class) beside its image, as a data set that can be trained on. */
  correct(
    image: string,
    slice: number,
    mask: Image<Uint8Array>,
  ): Promise<{ readonly data: string; readonly images: number }>;

  /** The file of an export of the open model; several are one zip archive. */
  exportModel(format: 'safetensors' | 'onnx' | 'edge'): Promise<readonly ExportedFile[]>;
  /** Masks of all images that were taken, as PNG, and tables of their objects, in one zip archive; without those that cannot be read. */
  exportMasks(mode: Output, threshold: number, onProgress: (progress: Progress) => void): Promise<ExportedMasks>;

  /** What the page stores on this computer. */
  storage(): Promise<StorageView>;
  /** Deletes a run, a data set, or with no name everything. */
  forget(name?: string): Promise<void>;
}

export interface EngineFacts {
  /** What computes, in one sentence: `WebAssembly, 2 threads`, or the adapter. */
  readonly computing: string;
  readonly threads: number;
  readonly adapter: string | null;
  /** Why there is one thread, or no GPU, where that is so. */
  readonly remark: string | null;
  /** Which comparison with the reference failed; null where all agree. */
  readonly fault: string | null;
}

export type Taken =
  /** A labelled data set, `data/NAME`, with what `unetpp check` says of it. */
  | {
      readonly kind: 'data';
      readonly data: string;
      /** The names of its images. */
      readonly images: readonly string[];
      readonly check: CheckSummary;
      readonly lines: string;
    }
  /** Images without masks, to be segmented. */
  | { readonly kind: 'images'; readonly images: readonly string[]; readonly refused: readonly string[] }
  | { readonly kind: 'model'; readonly model: ModelView };

export interface PlanView {
  readonly options: readonly PlannedOption[];
  /** What the training takes at most, in bytes, and what there is. */
  readonly memoryBytes: number;
  readonly availableBytes: number;
  /** Minutes, where they were measured. */
  readonly minutes: number | null;
}

export interface PlannedOption {
  readonly name: string;
  readonly flag: string;
  readonly help: string;
  /** As the command line spells it; empty where it is not set. */
  readonly value: string;
  /** Why it was chosen, where it was. */
  readonly reason: string | null;
  /** All values, where they are few. */
  readonly choices: readonly string[] | null;
  readonly group: string;
}

export interface TrainingEvents {
  readonly ready: (facts: { readonly run: string; readonly config: ModelConfig; readonly images: number }) => void;
  readonly progress: (progress: Progress) => void;
  readonly step: (step: StepReport) => void;
  /** After each epoch, with the validation images that are shown, as the network now segments them. */
  readonly epoch: (report: EpochReport, examples: readonly ExampleView[]) => void;
  readonly remark: (text: string) => void;
}

/** An image with its true mask and its predicted one, all of one size. */
export interface ExampleView {
  readonly name: string;
  /** RGB. */
  readonly image: Image<Uint8Array>;
  readonly target: Image<Uint8Array>;
  readonly mask: Image<Uint8Array>;
  readonly dice: number;
}

export interface Trained {
  readonly result: TrainResult;
  /** null where it was stopped before its first step. */
  readonly model: ModelView | null;
}

export interface RunView {
  readonly run: string;
  /** `data/NAME`, or undefined for the phantom. */
  readonly data?: string;
  readonly epochs: number;
  readonly epochsDone: number;
  readonly done: boolean;
  /** Whether there is a model, the best so far. */
  readonly hasModel: boolean;
  /** When a file of it was last written, as ISO 8601 has it. */
  readonly changed: string;
  readonly bytes: number;
}

export interface ModelView {
  readonly name: string;
  /** What the option `initFrom` names it by, for a training that begins from it. */
  readonly initFrom: string;
  readonly config: ModelConfig;
  readonly weightsSha256: string;
  readonly classNames: readonly string[];
  /** The side in pixels of the image that the multiply-adds are stated for. */
  readonly size: number;
  /** Each output by itself, shallowest first, the mean last. */
  readonly outputs: readonly {
    readonly mode: Output;
    readonly parameters: number;
    readonly macs: number;
    /** Of the weights that it needs, as float32. */
    readonly bytes: number;
    readonly threshold: number;
    /** The nodes that it needs, as `[i, j]`. */
    readonly nodes: readonly (readonly [number, number])[];
  }[];
  /** What the model card says of how it was trained, one line each. */
  readonly about: readonly string[];
}

export interface ImageView {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly slices: number;
  readonly channels: number;
  /** What is shown of the middle slice, see `SliceView`. */
  readonly shown: Image<Uint8Array>;
  readonly hasMask: boolean;
}

export interface SliceView {
  /** RGB at the image's own size, or where that is larger than 2048 pixels a side, at a smaller one. */
  readonly shown: Image<Uint8Array>;
  /** The true mask, at the size of `shown`; null where none is known. */
  readonly mask: Image<Uint8Array> | null;
}

export interface HeadView {
  readonly mode: Output;
  readonly milliseconds: number;
  readonly width: number;
  readonly height: number;
  readonly classes: number;
  /** HWC, at the image's own size. */
  readonly probs: Float32Array;
  /** Of the mask at the model's threshold; null where no mask is known. */
  readonly dice: number | null;
}

export interface NodeView {
  readonly i: number;
  readonly j: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** The strongest channels, grey, each scaled to its own range. */
  readonly maps: readonly Image<Uint8Array>[];
}

export interface ExportedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ExportedMasks {
  readonly files: readonly ExportedFile[];
  /** Why an image was left out, one line each. */
  readonly refused: readonly string[];
}

export interface StorageView {
  readonly usedBytes: number;
  /** Whether the browser has promised not to delete it by itself, as the page is told. */
  readonly persisted?: boolean;
  readonly quotaBytes: number;
  readonly data: readonly { readonly name: string; readonly bytes: number }[];
  readonly runs: readonly RunView[];
}
