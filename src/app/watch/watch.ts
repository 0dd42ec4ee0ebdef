/** Watchers around the observer of a training: each is opened when a run begins, and none of them can stop it. */
import { BackendLostError } from '../../backend/lost.js';
import { encodePng } from '../../formats/png/encode.js';
import { levelsOf } from '../../network/config.js';
import { levelName } from '../../network/mode.js';
import { predictionSheet } from '../../report/sheet.js';
import { stepsPerEpoch } from '../../train/loop/epoch.js';
import { PREDICTIONS } from '../kinds.js';
import type { TrainingObserver } from '../training/train-in-folder.js';
import type { LogTarget } from './log-targets.js';
import type { Ending, Environment, WatchedRun, Watcher } from './watcher.js';

/** What opens the watcher of each target. */
export type Openers = Readonly<Record<LogTarget, (run: WatchedRun) => Promise<Watcher>>>;

/** The code of a watcher is loaded only when it is opened. */
const usual: Openers = {
  tensorboard: async (run) => (await import('./tensorboard.js')).openTensorBoard(run),
  mlflow: async (run) => (await import('./mlflow/watcher.js')).openMlflow(run),
  live: async (run) => (await import('./live.js')).openLive(run),
  report: async (run) => (await import('./live.js')).openReport(run),
};

/** An observer that is watched. */
export interface Watched<T extends TrainingObserver> {
  readonly observer: T;
  /** Closes what is open; to be called when the work is over, however it has ended. */
  close(): Promise<void>;
}

/**
 * Adds watchers to the observer of trainings, of one or, in a study, of one after another.
 * @param openers what opens watchers in the place of the usual ones
 */
export function watched<T extends TrainingObserver>(
  observer: T,
  log: readonly LogTarget[],
  env: Environment,
  openers: Partial<Openers> = {},
): Watched<T> {
  // The live page ends as the report.
  const targets = log.filter((target) => target !== 'report' || !log.includes('live'));
  let watchers: Guarded[] = [];
  let run: WatchedRun | undefined;
  const say = (text: string) => observer.remark?.({ kind: 'notice', text });
  const tell = async (call: (watcher: Watcher) => void | Promise<void>) => {
    for (const watcher of watchers) await watcher.tell(call);
  };
  const finish = async (ending: Ending) => {
    await tell((watcher) => watcher.finish?.(ending));
    await close();
  };
  const close = async () => {
    const open = watchers;
    watchers = [];
    run = undefined;
    for (const watcher of open) await watcher.tell((each) => each.close?.());
  };
  const around: TrainingObserver = {
    ...observer,
    ready: (job, path) => {
      const heads = levelsOf(job.config).map(levelName);
      run = { job, path, heads, stepsPerEpoch: stepsPerEpoch(job.dataset, job.options), env, say };
      observer.ready?.(job, path);
    },
    begin: async (start) => {
      await observer.begin?.(start);
      if (watchers.length === 0 && run)
        watchers = targets.map((target) => new Guarded(target, { ...usual, ...openers }[target], run!, say));
      await tell((watcher) => watcher.begin(start));
    },
    step: async (report) => {
      await observer.step?.(report);
      await tell((watcher) => watcher.step(report));
    },
    epoch: async (report) => {
      await observer.epoch?.(report);
      await tell((watcher) => watcher.epoch(report));
    },
    examples: async (report, shown) => {
      await observer.examples?.(report, shown);
      const { width, height, ...sheet } = predictionSheet(shown, { title: `epoch ${report.epoch}` });
      const png = encodePng({ width, height, ...sheet }, PREDICTIONS.text);
      await tell((watcher) => watcher.picture?.({ epoch: report.epoch, width, height, png }, report));
    },
    progress: (progress) => {
      observer.progress?.(progress);
      for (const watcher of watchers) watcher.progress(progress);
    },
    end: async (failure) => {
      await observer.end?.(failure);
      if (failure !== undefined && !(failure instanceof BackendLostError)) await finish('failed');
    },
    done: async (interrupted) => {
      await finish(interrupted ? 'interrupted' : 'done');
      await observer.done?.(interrupted);
    },
  };
  return { observer: around as T, close };
}

/** A watcher that is opened when it is first told something, and dropped with one line when it fails. */
class Guarded {
  #watcher: Watcher | undefined;
  #broken = false;

  constructor(
    readonly target: LogTarget,
    readonly open: (run: WatchedRun) => Promise<Watcher>,
    readonly run: WatchedRun,
    readonly say: (line: string) => void,
  ) {}

  async tell(call: (watcher: Watcher) => void | Promise<void>): Promise<void> {
    if (this.#broken) return;
    try {
      this.#watcher ??= await this.open(this.run);
      await call(this.#watcher);
    } catch (error) {
      this.#broken = true;
      this.say(`--log ${this.target}: ${(error as Error).message}; the training goes on without it`);
      await Promise.resolve(this.#watcher?.close?.()).catch(() => {});
    }
  }

  progress(progress: Parameters<NonNullable<Watcher['progress']>>[0]): void {
    if (!this.#broken) this.#watcher?.progress?.(progress);
  }
}
