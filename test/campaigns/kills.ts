/**
 * Trainings that are killed by SIGKILL again and again: at random moments, before their n-th operation on files and in the
 * middle of their n-th write. Each goes on where it was, never further back than before, and ends with the undisturbed
 * bits.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../src/base/random.js';
import type { Running } from '../support/cli/cli.js';
import type { Outcome } from '../support/cli/outcome.js';
import { type Campaign, eachTry, pick, type Report } from './campaign.js';
import { assertDone, FILE_OPERATIONS, NeverBack, SMALLEST, SmallTraining } from './small-training.js';

/** How often one training is killed at most: it may end before. */
const KILLS = 5;

export const kills: Campaign = async (folder, options, report) => {
  const record = join(folder, 'operations.jsonl');
  const launcher = [process.execPath, '--import', `${FILE_OPERATIONS}?record=${record}`] as const;
  const training = await SmallTraining.make(folder, SMALLEST, launcher);
  const operations = readFileSync(record, 'utf8').split('\n').length - 1;
  await eachTry(options, report, 2, async (random, name) => {
    const progress = new NeverBack();
    for (let kill = 0; kill < KILLS; kill++) {
      const outcome = await killed(training, name, random, operations, report);
      // Nothing is known of a process that was killed before it said where it resumes.
      if (outcome.code === null && !outcome.stderr.includes('resumed ')) continue;
      if (outcome.code !== null) assertDone(outcome);
      progress.goneOn(outcome);
      if (outcome.code !== null) break;
    }
    const last = await training.goOn(name, 1 + random.integer(2)).ended;
    assertDone(last);
    progress.goneOn(last);
    training.assertUndisturbed(name);
    training.remove(name);
  });
};

/** Begins a training or goes on with it, and kills it. */
async function killed(
  training: SmallTraining,
  name: string,
  random: Random,
  operations: number,
  report: Report,
): Promise<Outcome> {
  const workers = random.integer(4) === 0 ? 2 : 1;
  const way = pick(random, ['at a moment', 'before an operation', 'in a write'] as const);
  const part = random.uniform();
  let running: Running;
  if (way === 'at a moment') {
    running = training.goOn(name, workers);
    const timer = setTimeout(() => running.child.kill('SIGKILL'), 1000 * part * training.seconds);
    running.child.on('close', () => clearTimeout(timer));
  } else {
    const n = 1 + Math.floor((part * operations) / 2);
    const url = `${FILE_OPERATIONS}?kill=${n}${way === 'in a write' ? '&torn' : ''}`;
    running = training.goOn(name, workers, [process.execPath, '--import', url]);
  }
  const outcome = await running.ended;
  if (outcome.code === null) {
    report.count('kills');
    report.count(`of them ${way}`);
  }
  return outcome;
}
