/**
 * Trainings that are paused by SIGSTOP, as Ctrl-Z, a batch system or a virtual machine does it, and go on by SIGCONT. A pause
 * is not a death: they end by themselves, with the undisturbed bits. One with two workers pauses all its threads at once, in
 * the middle of whatever they were doing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/base/random.js';
import type { Running } from '../support/cli/cli.js';
import { type Campaign, eachTry } from './campaign.js';
import { assertDone, SmallTraining } from './small-training.js';

/** Long enough for the threads to be paused at work rather than between two pieces of it. */
const SIZE = { epochs: 30, filters: '8,16,32', size: 64 };
const PAUSES = 4;
/** The pauses begin before this epoch: far enough from the end that a slow look at the metrics misses none. */
const LAST_PAUSED = 15;

/** How many train at once: a pause costs no time of the processor. */
const AT_ONCE = 10;

export const stop: Campaign = async (folder, options, report) => {
  const training = await SmallTraining.make(folder, SIZE);
  await eachTry(options, report, AT_ONCE, async (random, name) => {
    const running = training.begin(name, 1 + random.integer(2));
    // The first while it starts.
    const epochs = random.permutation(LAST_PAUSED - 1).slice(0, PAUSES - 1);
    for (const epoch of [0, ...epochs.map((n) => n + 1).sort((a, b) => a - b)]) {
      await inEpoch(running, join(training.home(name), 'run/metrics.jsonl'), epoch, random);
      if (!running.child.kill('SIGSTOP') || running.child.exitCode !== null) break;
      report.count(`pauses of ${options.pause} s`);
      await sleep(1000 * options.pause);
      running.child.kill('SIGCONT');
    }
    assertDone(await running.ended);
    training.assertUndisturbed(name);
    training.remove(name);
  });
};

/**
 * Waits until so many epochs are written down, and then for a part of the time that the last one took: of the start of the
 * process before the first.
 */
async function inEpoch({ child }: Running, metrics: string, epoch: number, random: Random): Promise<void> {
  let [last, interval] = [performance.now(), 500];
  for (let seen = 0; seen < epoch && child.exitCode === null; await sleep(2)) {
    const written = existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length - 1 : 0;
    if (written <= seen) continue;
    [last, interval] = [performance.now(), (performance.now() - last) / (written - seen)];
    seen = written;
  }
  await sleep(random.uniform() * interval);
}
