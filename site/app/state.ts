/** What the page knows. */
import type { Progress } from '../../src/app/observer.js';
import type { Image } from '../../src/image/image.js';
import type { Output } from '../../src/network/mode.js';
import type {
  EngineFacts,
  GivenOptions,
  HeadView,
  ImageView,
  ModelView,
  NodeView,
  PlanView,
  RunView,
  StorageView,
} from '../engine/protocol.js';
import type { Offline } from '../offline/register.js';
import type { SendingResult } from '../privacy/sending.js';
import type { Violation } from '../privacy/violations.js';
import type { WantedEngine } from './computer/computing.js';
import type { LabelledData } from './look/look-panel.js';
import { presetsOf } from './train/presets.js';
import { NO_TRAINING, type TrainingState } from './train/training-state.js';

/** An image that is open, with what is shown of one slice. */
export interface ShownImage {
  readonly view: ImageView;
  readonly slice: number;
  /** RGB. */
  readonly picture: Image<Uint8Array>;
  /** The true mask, of the picture's size, where one is known. */
  readonly truth: Image<Uint8Array> | null;
}

/** The images that were dropped to be segmented. */
export interface TakenImages {
  readonly names: readonly string[];
  /** What was refused, one line each. */
  readonly refused: readonly string[];
}

export interface AppState {
  readonly wanted: WantedEngine;
  /** null while the engine starts. */
  readonly facts: EngineFacts | null;
  /** What ended the engine, or kept it from starting. */
  readonly engineError: string | null;

  readonly offline: Offline;
  /** What was blocked, but for what the page tried itself to show that it is. */
  readonly violations: readonly Violation[];
  /** null until it is tried, 'running' while it is. */
  readonly sending: readonly SendingResult[] | 'running' | null;
  readonly storage: StorageView | null;

  readonly reading: { readonly name: string; readonly progress: Progress | null } | null;
  /** What was opened last, in a sentence. */
  readonly opened: string | null;
  readonly openError: string | null;
  readonly data: LabelledData | null;
  readonly taken: TakenImages | null;

  readonly given: GivenOptions;
  readonly plan: PlanView | null;
  readonly planError: string | null;
  readonly training: TrainingState;
  readonly runs: readonly RunView[];

  readonly model: ModelView | null;
  readonly image: ShownImage | null;
  /** The mean of the heads, which is computed first; null until then, and without a model. */
  readonly mean: HeadView | null;
  /** null while they are computed, and without a model. */
  readonly heads: readonly HeadView[] | null;
  readonly features: readonly NodeView[] | null;
  readonly imageError: string | null;
  /** The output whose nodes are lit. */
  readonly output: Output;
  readonly corrected: { readonly data: string; readonly images: number } | null;
}

/** The state as the page begins. @param query the part of its address that presets options, from `?` on */
export function firstState(query: string): AppState {
  return {
    wanted: { backend: 'wasm', threads: 'auto' },
    facts: null,
    engineError: null,
    offline: 'not kept',
    violations: [],
    sending: null,
    storage: null,
    reading: null,
    opened: null,
    openError: null,
    data: null,
    taken: null,
    given: presetsOf(query),
    plan: null,
    planError: null,
    training: NO_TRAINING,
    runs: [],
    model: null,
    image: null,
    mean: null,
    heads: null,
    features: null,
    imageError: null,
    output: 'accurate',
    corrected: null,
  };
}
