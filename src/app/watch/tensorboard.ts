/** `--log tensorboard`: event files in the folder of the run. Steps are those of the optimizer, for epochs too. */
import { keptLength, type Summary, startEvent, summaryEvent, versionEvent } from '../../formats/tensorboard/events.js';
import { cutEventFiles, EventFile } from '../../platform/node/files/event-files.js';
import type { RunStart, StepReport } from '../../train/observer.js';
import type { EpochReport } from '../../train/report.js';
import { EPOCH, epochScalars, type Scalars, stepScalars } from './scalars.js';
import type { Picture, WatchedRun, Watcher } from './watcher.js';

export async function openTensorBoard(run: WatchedRun): Promise<Watcher> {
  return new EventWriter(run);
}

const now = () => Date.now() / 1000;

class EventWriter implements Watcher {
  readonly #run: WatchedRun;
  #file: EventFile | undefined;
  /** The last step of the optimizer. */
  #step = 0;

  constructor(run: WatchedRun) {
    this.#run = run;
  }

  /**
   * Begins a new file. Older files lose what came after the checkpoint, so that no step is there twice; a reader that has
   * seen it drops it by the event that says where the run goes on.
   */
  async begin({ steps, epoch }: RunStart): Promise<void> {
    const { path, job, stepsPerEpoch } = this.#run;
    const before = await cutEventFiles(path, (file) => keptLength(file, { steps, epoch, epochTag: EPOCH }));
    this.#file = EventFile.create(path, now());
    this.#step = steps;
    await this.#file.append(versionEvent(now()));
    await this.#file.append(startEvent(now(), steps + 1));
    if (before > 0) return;
    // The run was begun without event files.
    for (const report of job.resume?.epochs ?? []) {
      await this.#write(stepsPerEpoch * report.epoch, numbers(epochScalars(report)));
    }
  }

  async step(report: StepReport): Promise<void> {
    this.#step = report.step;
    await this.#write(report.step, numbers(stepScalars(report, this.#run.heads)));
  }

  async epoch(report: EpochReport): Promise<void> {
    await this.#write(this.#step, numbers(epochScalars(report)));
  }

  /** Only better epochs and the last one have a picture, so that files stay small. */
  async picture({ width, height, png }: Picture, { best, end }: EpochReport): Promise<void> {
    if (!best && end === undefined) return;
    await this.#write(this.#step, [{ tag: 'predictions', value: { width, height, png } }]);
  }

  async #write(step: number, summaries: readonly Summary[]): Promise<void> {
    await this.#file?.append(summaryEvent(now(), step, summaries));
  }
}

function numbers(scalars: Scalars): Summary[] {
  return scalars.map(([tag, value]) => ({ tag, value }));
}
