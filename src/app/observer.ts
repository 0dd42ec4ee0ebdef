/**
 * What the application tells while it works: to a terminal, to a page, or to nobody. It prints nothing itself, and tells
 * what happened as values; the words are those of whoever shows them.
 */

/** What is being done, one image or one round of all after another. */
export type Phase =
  | 'reading'
  | 'training'
  | 'validation'
  | 'test'
  | 'scoring'
  | 'thresholds'
  | 'evaluate'
  | 'evaluation'
  | 'timing'
  | 'predict'
  | 'convert';

/** How far a phase has come. */
export interface Progress {
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  /** The epoch that the phase belongs to, in a training. */
  readonly epoch?: { readonly number: number; readonly of: number };
  readonly pace?: Pace;
}

/** How fast the work goes, where that is known. */
export interface Pace {
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** Something that is worth knowing, and ends nothing. */
export type Remark =
  /** So many objects of these images' masks vanish when they are resized to `size`. */
  | {
      readonly kind: 'vanished';
      readonly size: number;
      readonly images: readonly { readonly name: string; readonly vanished: number }[];
    }
  /** Images are converted to the channels of the model; `images` says how many, or is absent where it is all of them. */
  | { readonly kind: 'converted'; readonly from: 'grey' | 'RGB'; readonly images?: number }
  /** Files beside the images that are passed over. */
  | { readonly kind: 'skipped'; readonly files: readonly string[] }
  /** What the files of a run, or the wait for its folder, gave cause to say. */
  | { readonly kind: 'notice'; readonly text: string };

/** Whoever listens. What is left out is not told. */
export interface Observer {
  /** Is called often. */
  progress?(progress: Progress): void;
  remark?(remark: Remark): void;
}

/** The progress of one phase, in the form that the functions of the library call. */
export function progressOf(observer: Observer, phase: Phase): (done: number, total: number) => void {
  return (done, total) => observer.progress?.({ phase, done, total });
}
