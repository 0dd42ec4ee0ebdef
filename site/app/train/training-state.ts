/** What the page knows of a training: an account of what the engine tells, event by event. */
import type { Progress } from '../../../src/app/observer.js';
import type { EpochReport } from '../../../src/train/report.js';
import type { ExampleView, Trained, TrainingEvents } from '../../engine/protocol.js';

/** The loss of some steps; `at` is where in the training they were, in epochs. */
export interface StepLoss {
  readonly at: number;
  readonly loss: number;
}

export interface TrainingState {
  readonly phase: 'none' | 'starting' | 'running' | 'paused' | 'stopping' | 'over';
  readonly run: string | null;
  /** How many images it trains on. */
  readonly images: number;
  readonly progress: Progress | null;
  readonly steps: readonly StepLoss[];
  readonly epochs: readonly EpochReport[];
  readonly examples: readonly ExampleView[];
  readonly remarks: readonly string[];
  readonly trained: Trained | null;
  /** What ended it, in the library's words. */
  readonly error: string | null;
}

export const NO_TRAINING: TrainingState = {
  phase: 'none',
  run: null,
  images: 0,
  progress: null,
  steps: [],
  epochs: [],
  examples: [],
  remarks: [],
  trained: null,
  error: null,
};

export type TrainingEvent =
  | { readonly kind: 'begin' | 'stop' }
  | { readonly kind: 'pause'; readonly paused: boolean }
  | { readonly kind: 'ready'; readonly run: string; readonly images: number }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'step'; readonly loss: number }
  | { readonly kind: 'epoch'; readonly report: EpochReport; readonly examples: readonly ExampleView[] }
  | { readonly kind: 'remark'; readonly text: string }
  | { readonly kind: 'trained'; readonly trained: Trained }
  | { readonly kind: 'failed'; readonly error: string };

/** The state after an event; a reducer for `useReducer`. */
export function afterEvent(state: TrainingState, event: TrainingEvent): TrainingState {
  switch (event.kind) {
    case 'begin':
      return { ...NO_TRAINING, phase: 'starting' };
    case 'stop':
      return { ...state, phase: 'stopping' };
    case 'pause':
      return { ...state, phase: event.paused ? 'paused' : 'running' };
    case 'ready':
      return { ...state, phase: 'running', run: event.run, images: event.images };
    case 'progress':
      return { ...state, progress: event.progress };
    case 'step':
      return { ...state, steps: withStep(state.steps, { at: reached(state), loss: event.loss }) };
    case 'epoch':
      // One that is done again, as what computed was lost, takes the place of what is known of it.
      return { ...state, epochs: [...before(state.epochs, event.report), event.report], examples: event.examples };
    case 'remark':
      return { ...state, remarks: [...state.remarks, event.text] };
    case 'trained':
      return { ...state, phase: 'over', progress: null, trained: event.trained };
    case 'failed':
      return { ...state, phase: 'over', progress: null, error: event.error };
  }
}

/** Makes what the engine calls of what takes the events. */
export function tellTo(dispatch: (event: TrainingEvent) => void): TrainingEvents {
  return {
    ready: ({ run, images }) => dispatch({ kind: 'ready', run, images }),
    progress: (progress) => dispatch({ kind: 'progress', progress }),
    step: ({ loss }) => dispatch({ kind: 'step', loss }),
    epoch: (report, examples) => dispatch({ kind: 'epoch', report, examples }),
    remark: (text) => dispatch({ kind: 'remark', text }),
  };
}

/** Whether a training is under way, so that no other one can begin. */
export function isUnderWay({ phase }: TrainingState): boolean {
  return phase !== 'none' && phase !== 'over';
}

function before(epochs: readonly EpochReport[], { epoch }: EpochReport): readonly EpochReport[] {
  return epochs.filter((known) => known.epoch < epoch);
}

/** How far the training has come, in epochs. */
function reached({ progress, epochs }: TrainingState): number {
  if (progress?.phase === 'training' && progress.epoch) {
    return progress.epoch.number - 1 + progress.done / progress.total;
  }
  return epochs.at(-1)?.epoch ?? 0;
}

/** How many losses of steps are kept: a curve shows no more. */
const KEPT = 512;

/** Adds a step; where there are too many, every two neighbours become one. */
function withStep(steps: readonly StepLoss[], step: StepLoss): readonly StepLoss[] {
  if (steps.length < KEPT) return [...steps, step];
  const halved = Array.from({ length: KEPT / 2 }, (_, k) => {
    const [a, b] = [steps[2 * k]!, steps[2 * k + 1]!];
    return { at: (a.at + b.at) / 2, loss: (a.loss + b.loss) / 2 };
  });
  return [...halved, step];
}
