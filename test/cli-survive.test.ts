/** The promise of checkpoints: a training that is killed, at any moment and again and again, ends as if it had not been. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../src/base/random.js';
import { json, listing, putPairs, Running, suiteInFolder } from './support/cli.js';
import { metricsOf } from './support/runs.js';

const test = suiteInFolder('cli survive');

const NETWORK = ['--filters', '2,4,6', '--size', '16', '--norm', 'batch', '--dropout', '0.2'];
const TRAINING = ['--epochs', '20', '--batch', '4', '--micro-batch', '2', '--lr', '0.02', '--augment', 'flip'];
const MORE = ['--schedule', 'cosine', '--warmup', '0.5', '--clip', '0.5', '--ema', '0.9'];
const OPTIONS = ['--data', 'data', ...NETWORK, ...TRAINING, ...MORE, '--checkpoint-steps', '1'];

const KILLS = 20;

/** When the newest checkpoint was written, in milliseconds; 0 before the first, and while it gets its name. */
function written(run: string): number {
  return statSync(join(run, 'checkpoint.safetensors'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Waits until a process that trains in `run` has written `count` checkpoints, at least two, and then for `part` of the
 * time between the last two: with a checkpoint after each step, the moments are spread over computing and writing.
 */
async function betweenCheckpoints(running: Running, run: string, count: number, part: number): Promise<void> {
  let [last, interval] = [written(run), 0];
  for (let seen = 0; seen < count && running.child.exitCode === null; await sleep(1)) {
    const now = written(run);
    if (now === 0 || now === last) continue;
    [last, interval] = [now, now - last];
    seen++;
  }
  await sleep(part * interval);
}

test(`killed at ${KILLS} random moments, and damaged by none of them`, async ({ dir }) => {
  putPairs(dir, 12);
  const whole = json(dir, ['train', ...OPTIONS, '--workers', '2', '--out', 'whole']);
  const run = join(dir, 'killed');
  const random = new Random(seedKey(11));
  let begun = false;
  for (let kill = 0; kill < KILLS; kill++) {
    const args = begun ? ['--resume', 'killed'] : [...OPTIONS, '--out', 'killed'];
    const workers = kill % 2 === 0 ? '2' : '1';
    const running = new Running(dir, ['train', ...args, '--workers', workers]);
    // Two of five while it starts, or its threads do.
    if (kill % 5 === 0) await sleep(random.uniform(0, 600));
    else if (kill % 5 === 1) await running.says('machine  ').then(() => sleep(random.uniform(0, 200)));
    else await betweenCheckpoints(running, run, 2 + random.integer(2), random.uniform());
    running.child.kill('SIGKILL');
    const { code, stderr } = await running.ended;
    assert.is(code, null, `the process was to be killed, but ended by itself: ${stderr}`);
    assert.not.match(stderr, 'damaged');
    begun = statSync(join(run, 'config.json'), { throwIfNoEntry: false }) !== undefined;
  }
  const end = json(dir, ['train', '--resume', 'killed', '--workers', '2']);
  assert.is(end.weightsSha256, whole.weightsSha256);
  assert.equal([end.epochs, end.validation], [whole.epochs, whole.validation]);
  assert.equal(metricsOf(run), metricsOf(join(dir, 'whole')));
  const [killed, undisturbed] = ['killed', 'whole'].map((name) => readFileSync(join(dir, name, 'model.safetensors')));
  assert.ok(killed!.equals(undisturbed!), 'model.safetensors has other bytes');
  assert.equal(listing(run), listing(join(dir, 'whole')), 'nothing is left of killed writes');
});

test.run();
