/**
 * What the application reports while it works: to a terminal, to a page, or to no one. It prints nothing itself, and
 * reports what happened as values; the words are the receiver's.
 */

import type { BackendName } from '../backend/names.js';
import type { Normalisation } from '../image/normalise.js';
import type { Preprocessing } from '../image/prepare.js';

/** A phase of the work, which goes through images or rounds one after another. */
export type Phase =
  | 'reading'
  | 'training'
  | 'validation'
  | 'test'
  | 'scoring'
  | 'thresholds'
  | 'postprocessing'
  | 'evaluate'
  | 'evaluation'
  | 'timing'
  | 'predict'
  | 'convert'
  | 'planning'
  | 'learning rates'
  | 'self-test';

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

/** A remark: worth knowing, but no error. */
export type Remark =
  /** Objects of these images' masks vanish when they are brought to the size that the preprocessing says. */
  | {
      readonly kind: 'vanished';
      readonly preprocessing: Preprocessing;
      readonly images: readonly { readonly name: string; readonly vanished: number }[];
    }
  /** Images are converted to the channels of the model; `images` says how many, or is absent where it is all of them. */
  | { readonly kind: 'converted'; readonly from: 'grey' | 'RGB'; readonly images?: number }
  /** Images are computed in tiles, of this size at most, with so many bytes of memory. */
  | {
      readonly kind: 'tiled';
      readonly images: number;
      readonly width: number;
      readonly height: number;
      readonly bytes: number;
      /** Whether the network takes a tile for a whole image, so that masks differ from those of the whole. */
      readonly approximate: boolean;
    }
  /** Files beside the images that are ignored. */
  | { readonly kind: 'skipped'; readonly files: readonly string[] }
  /** What a file says of itself that bears on how it is read. */
  | { readonly kind: 'stored'; readonly path: string; readonly text: string }
  /** What `--backend auto` has taken, and why. */
  | { readonly kind: 'chosen'; readonly backend: BackendName; readonly reason: string }
  /** Options that have no effect on a backend, as they are given on the command line. */
  | { readonly kind: 'unused'; readonly options: readonly string[]; readonly backend: BackendName }
  /** The options of a training come from a plan, made of its data or read from a file; how much time was given, and is needed. */
  | {
      readonly kind: 'planned';
      readonly data?: string | undefined;
      readonly file?: string | undefined;
      /** Why less computation was chosen than the data asks for. */
      readonly smaller?: string | undefined;
      readonly time?: { readonly minutes: number; readonly epochs: number; readonly seconds: number } | undefined;
    }
  /** The weights of a first convolution were converted to other channels, which `here` and `there` count. */
  | {
      readonly kind: 'adapted';
      readonly file: string;
      readonly name: string;
      readonly here: number;
      readonly there: number;
    }
  /** Parameters or modules begin anew: of other classes or channels than those of a model, or absent from it. */
  | {
      readonly kind: 'anew';
      readonly file: string;
      readonly names: readonly string[];
      readonly because?: { readonly what: 'channels' | 'classes'; readonly here: number; readonly there: number };
    }
  /** Values are normalised in another way than those that a model was trained on. */
  | {
      readonly kind: 'other normalisation';
      readonly file: string;
      readonly here: Normalisation;
      readonly there: Normalisation;
    }
  /** A line on the files of a run, or on the wait for its folder. */
  | { readonly kind: 'notice'; readonly text: string };

/** Receives reports; for a method that is left out, there are none. */
export interface Observer {
  /** Is called often, with the progress of a phase. */
  progress?(progress: Progress): void;
  remark?(remark: Remark): void;
}

/** Makes the callback by which functions of the library report the progress of one phase. */
export function progressOf(observer: Observer, phase: Phase): (done: number, total: number) => void {
  return (done, total) => observer.progress?.({ phase, done, total });
}
