/**
 * Files changed at random, a million times: each is read or refused by an InputError in one line; what a checksum holds is
 * never accepted altered. No crash, no hang, no other error, and memory is bounded. The readers run in processes of their own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Campaign, CampaignOptions, Report } from './campaign.js';
import type { Answer, Task } from './fuzz/worker.js';
import { SMALLEST, SmallTraining } from './small-training.js';

const WORKER = new URL('./fuzz/worker.js', import.meta.url);
const BATCH = 2000;
/** A batch takes a second or two; a process that is silent for so long hangs. */
const SILENT_MS = 120_000;
/** Resident memory of a process that reads small files. */
const MOST_BYTES = 700e6;

export const fuzz: Campaign = async (folder, options, report) => {
  const training = await SmallTraining.make(folder, SMALLEST);
  const run = join(training.home('whole'), 'run');
  let next = 0;
  const reader = async (_: unknown, k: number) => {
    const own = join(folder, `reader-${k}`);
    const process = new Reader(run, own, options.kinds ?? []);
    while (next < options.tries) {
      const task = { seed: options.seed + next, count: Math.min(BATCH, options.tries - next) };
      next += task.count;
      await readBatch(process, task, report);
      report.done(task.count);
    }
    process.end();
  };
  await Promise.all(Array.from({ length: readers(options) }, reader));
};

function readers({ tries }: CampaignOptions): number {
  return Math.min(availableParallelism(), Math.ceil(tries / BATCH));
}

async function readBatch(reader: Reader, task: Task, report: Report): Promise<void> {
  const answer = await reader.ask(task);
  if (typeof answer === 'string') {
    // Which of them it was is found one by one.
    if (task.count === 1) return report.failed(task.seed, answer);
    const half = task.count >> 1;
    const before = report.failures;
    await readBatch(reader, { seed: task.seed, count: half }, report);
    await readBatch(reader, { seed: task.seed + half, count: task.count - half }, report);
    if (report.failures === before)
      report.failed(task.seed, `${answer}, in ${task.count} inputs one after the other only`);
    return;
  }
  for (const [kind, n] of Object.entries(answer.accepted)) report.count(`${kind}: read`, n);
  for (const [kind, n] of Object.entries(answer.refused)) report.count(`${kind}: refused`, n);
  for (const { seed, what } of answer.failures) report.failed(seed, what);
  report.atMost('MB resident at most', answer.peakBytes / 1e6);
  if (answer.peakBytes < MOST_BYTES) return;
  report.failed(task.seed, `memory grew to ${Math.round(answer.peakBytes / 1e6)} MB in ${task.count} inputs`);
  reader.end();
}

/** A process that reads inputs, started anew where it has ended. */
class Reader {
  #child: ChildProcess | undefined;

  constructor(
    readonly run: string,
    readonly folder: string,
    readonly kinds: readonly string[],
  ) {}

  /** What came of a task, or how the process ended in it. */
  async ask(task: Task): Promise<Answer | string> {
    const child = (this.#child ??= await this.#start());
    return new Promise((done) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), SILENT_MS);
      const ended = (code: number | null, signal: string | null) => {
        clearTimeout(timer);
        this.#child = undefined;
        done(
          signal === 'SIGKILL'
            ? `no answer in ${SILENT_MS / 1000} s`
            : `the process ended: ${signal ?? `exit code ${code}`}`,
        );
      };
      child.once('exit', ended);
      child.once('message', (answer: Answer) => {
        clearTimeout(timer);
        child.off('exit', ended);
        done(answer);
      });
      child.send(task);
    });
  }

  end(): void {
    this.#child?.kill();
    this.#child = undefined;
  }

  #starts = 0;

  async #start(): Promise<ChildProcess> {
    const folder = `${this.folder}-${this.#starts++}`;
    mkdirSync(folder, { recursive: true });
    const child = fork(WORKER, [this.run, folder, ...this.kinds]);
    await new Promise((ready, failed) => {
      child.once('message', ready);
      child.once('exit', () => failed(new Error('a reader did not start')));
    });
    return child;
  }
}
