/** The training of the page: one at a time, begun or gone on with, held, and stopped. */
import type { Remark } from '../../src/app/observer.js';
import { resolveOptions } from '../../src/app/planning/resolve-options.js';
import { resumeTraining, startTraining, type TrainingOutcome } from '../../src/app/training/start-training.js';
import type { TrainingObserver } from '../../src/app/training/train-in-folder.js';
import { InputError } from '../../src/base/errors.js';
import { duration, plural } from '../../src/base/quantities.js';
import { remarkText } from '../../src/cli/tables/news.js';
import type { Image } from '../../src/image/image.js';
import { toRgb } from '../../src/report/pixels.js';
import type { SheetRow } from '../../src/report/sheet.js';
import { keepOpen, openModel } from './models.js';
import { parseGiven } from './plan.js';
import type { ExampleView, GivenOptions, Trained, TrainingEvents } from './protocol.js';
import type { Session } from './session.js';

/** Minutes after which a checkpoint is written, beside those after each epoch: so much is lost with a tab that crashes. */
const CHECKPOINT_MINUTES = 1;

/** A training under way. */
interface Current {
  /** The run, once it has a folder, and the data set. */
  run?: string;
  data?: string;
  readonly abort: AbortController;
  readonly gate: Gate;
}

export class Training {
  #current: Current | undefined;

  constructor(readonly session: Session) {}

  /** Trains with options as they are given, see `parseGiven`. @throws InputError while another training is under way */
  train(data: string | undefined, given: GivenOptions, events: TrainingEvents): Promise<Trained> {
    return this.#alone(events, async (observer, signal) => {
      const parsed = parseGiven(data, given);
      await keepOpen(this.session, parsed.initFrom);
      const asked = { ...this.session.computing, checkpointMinutes: CHECKPOINT_MINUTES, ...parsed };
      return startTraining(await resolveOptions(asked, observer, signal), observer, signal);
    });
  }

  /** Goes on with a run. */
  resume(run: string, events: TrainingEvents): Promise<Trained> {
    return this.#alone(events, (observer, signal) => resumeTraining(run, this.session.computing, observer, signal));
  }

  /** Ends the training at its next step, also where it is held. */
  stop(): void {
    this.#current?.abort.abort();
    this.#current?.gate.open();
  }

  pause(paused: boolean): void {
    if (paused) this.#current?.gate.shut();
    else this.#current?.gate.open();
  }

  /** @throws InputError for a run that is under way or its data; without a name, for any */
  requireIdle(name?: string): void {
    if (!this.#current) return;
    const { run, data } = this.#current;
    if (name === undefined || name === run || name === data) {
      throw new InputError(`${name ?? run ?? 'runs'}: its training is under way; stop it first`);
    }
  }

  async #alone(
    events: TrainingEvents,
    work: (observer: TrainingObserver, signal: AbortSignal) => Promise<TrainingOutcome>,
  ): Promise<Trained> {
    if (this.#current) {
      const { run } = this.#current;
      throw new InputError(`a training is under way${run === undefined ? '' : ` in ${run}`}; stop it first`);
    }
    const current: Current = { abort: new AbortController(), gate: new Gate() };
    this.#current = current;
    const { signal } = current.abort;
    try {
      const { result } = await work(observerOf(events, current), signal);
      const model = result.model === null ? null : await openModel(this.session, { run: result.run });
      return { result, model };
    } catch (error) {
      if (signal.aborted && error === signal.reason)
        throw new InputError('the training was stopped before it had begun');
      throw error;
    } finally {
      this.#current = undefined;
    }
  }
}

function observerOf(events: TrainingEvents, current: Current): TrainingObserver {
  return {
    progress: (progress) => events.progress(progress),
    remark: (remark) => {
      for (const line of remarkLines(remark)) events.remark(line);
    },
    ready: ({ config, dataset }, run) => {
      current.run = run;
      current.data = dataset.source;
      events.ready({ run, config, images: dataset.split.train.length });
    },
    step: async (step) => {
      events.step(step);
      await current.gate.passed();
    },
    examples: (report, rows) => events.epoch(report, rows.map(exampleOf)),
  };
}

/** A remark without the label that aligns it in a terminal. The page shows the reasons of a plan itself. */
function remarkLines(remark: Remark): string[] {
  if (remark.kind !== 'planned') return [remarkText(remark).replace(/^\w+ {2,}/, '')];
  const { smaller, time } = remark;
  return [
    ...(smaller === undefined ? [] : [`smaller than the data asks for, as ${smaller}`]),
    ...(time
      ? [`${plural(time.epochs, 'epoch')} in about ${duration(time.seconds)} of ${plural(time.minutes, 'minute')}`]
      : []),
  ];
}

function exampleOf({ name, image, target, prediction, dice }: SheetRow): ExampleView {
  // Masks of an evaluation hold classes.
  return { name, image: toRgb(image), target, mask: prediction as Image<Uint8Array>, dice };
}

/** Holds those who come to it while it is shut. */
class Gate {
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  shut(): void {
    this.#open();
    this.#opened = new Promise((open) => {
      this.#open = open;
    });
  }

  open(): void {
    this.#open();
  }

  passed(): Promise<void> {
    return this.#opened;
  }
}
