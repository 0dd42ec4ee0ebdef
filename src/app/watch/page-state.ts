/** What the page of a run shows, kept as the training goes on. */
import { plural } from '../../base/quantities.js';
import { networkCost } from '../../model/summary.js';
import { outputsOf } from '../../network/mode.js';
import { describeHost } from '../../platform/node/host.js';
import { packageVersion } from '../../platform/node/version.js';
import type { PageEpoch, PageHead, PagePicture, PageProgress, PageStep, RunPage } from '../../report/page/run-page.js';
import type { StepReport } from '../../train/observer.js';
import type { EpochReport } from '../../train/report.js';
import type { Progress } from '../observer.js';
import type { TrainingJob } from '../training/job.js';
import { optionRows, runName } from './run-facts.js';
import type { WatchedRun } from './watcher.js';

/** How many steps are drawn at most. */
const MOST_STEPS = 1000;

export class PageState {
  readonly #run: WatchedRun;
  readonly #heads: readonly PageHead[];
  readonly #facts: RunPage['facts'];
  #epochs: PageEpoch[] = [];
  #steps: PageStep[] = [];
  /** Of how many steps one is drawn. */
  #every = 1;
  state: RunPage['state'] = 'running';
  progress: PageProgress | undefined;

  constructor(run: WatchedRun) {
    this.#run = run;
    this.#heads = headsOf(run.job);
    this.#facts = factsOf(run.job);
    for (const report of run.job.resume?.epochs ?? []) this.epoch(report);
  }

  /** Forgets what came after the checkpoint from which the training goes on. */
  begin(nextEpoch: number, steps: number): void {
    this.#epochs = this.#epochs.filter(({ epoch }) => epoch < nextEpoch);
    this.#steps = this.#steps.filter(({ at }) => at <= steps / this.#run.stepsPerEpoch);
  }

  epoch(report: EpochReport): void {
    this.#epochs.push(pageEpoch(report));
  }

  /** @returns the step, where it is drawn */
  step({ step, loss }: StepReport): PageStep | undefined {
    if (step % this.#every !== 0) return undefined;
    const drawn = { at: step / this.#run.stepsPerEpoch, loss: finite(loss) };
    this.#steps.push(drawn);
    if (this.#steps.length > MOST_STEPS) {
      this.#every *= 2;
      this.#steps = this.#steps.filter((_, k) => k % 2 === 1);
    }
    return drawn;
  }

  /** @returns what a page is told of it */
  at({ phase, done, total, epoch, pace }: Progress): PageProgress {
    const { epochs } = this.#run.job.options;
    const finished = epoch ? (epoch.number - 1 + (phase === 'training' ? (0.9 * done) / total : 0.9)) / epoch.of : 1;
    const where = epoch ? `epoch ${epoch.number} of ${epochs}, ` : '';
    const known = pace && Number.isFinite(pace.secondsLeft) && Number.isFinite(pace.imagesPerSecond);
    this.progress = { text: `${where}${phase} ${done} of ${total}`, done: finished, ...(known && pace) };
    return this.progress;
  }

  page(picture?: PagePicture): RunPage {
    return {
      name: runName(this.#run.path),
      state: this.state,
      of: this.#run.job.options.epochs,
      epochs: this.#epochs,
      steps: this.#steps,
      heads: this.#heads,
      ...(this.progress && { progress: this.progress }),
      ...(picture && { picture }),
      facts: this.#facts,
    };
  }
}

function pageEpoch({ epoch, best, training, validation, learningRate, seconds }: EpochReport): PageEpoch {
  const scores = (name: 'dice' | 'iou') => {
    const heads = validation.heads.map((head) => [head.head, finite(head[name])] as const);
    return Object.fromEntries(heads.length > 1 ? [...heads, ['mean', finite(validation[name])] as const] : heads);
  };
  const [trainLoss, validationLoss] = [finite(training.total), finite(validation.loss)];
  return { epoch, best, trainLoss, validationLoss, dice: scores('dice'), iou: scores('iou'), learningRate, seconds };
}

/** JSON has no numbers that are not finite. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The heads, and of several their mean, with their costs for an image of the training's size. */
function headsOf({ config, dataset }: TrainingJob): PageHead[] {
  const { size } = dataset.sampler;
  return outputsOf(config).map((output) => {
    const { parameters, macs } = networkCost(config, output, { width: size, height: size });
    return { name: output === 'accurate' ? 'mean' : output, parameters, macs };
  });
}

function factsOf(job: TrainingJob): RunPage['facts'] {
  const { dataset, model, options } = job;
  const { train, validation, test } = dataset.split;
  const { node, v8, system, processor, cores } = describeHost();
  const { adapter, concurrentPrograms } = model.backend;
  return [
    {
      title: 'Data',
      rows: [
        ['name', dataset.name],
        ['images', `${train.length} to train on, ${validation.length} to validate on, ${test.length} to test on`],
        ['size', `${dataset.sampler.size}x${dataset.sampler.size}`],
      ],
    },
    { title: 'Options', rows: optionRows(job) },
    {
      title: 'Versions and machine',
      rows: [
        ['unetpp', packageVersion()],
        ['node', `${node} (V8 ${v8})`],
        ['system', system],
        ['processor', processor],
        ['cores', String(cores)],
        [
          'backend',
          adapter === undefined
            ? `${options.backend}, ${plural(concurrentPrograms, 'worker')}`
            : `${options.backend}, ${adapter}`,
        ],
      ],
    },
  ];
}
