/** The promise of checkpoints: a training that is killed, at any moment and again and again, ends as if it had not been. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../../src/base/random.js';
import { FILE_OPERATIONS } from '../../campaigns/small-training.js';
import { json, listing, putPairs, Running, suiteInFolder } from '../../support/cli/cli.js';
import type { Outcome } from '../../support/cli/outcome.js';
import { metricsOf } from '../../support/cli/runs.js';

const test = suiteInFolder('cli survive');

const NETWORK = ['--filters', '2,4,6', '--size', '16', '--norm', 'batch', '--dropout', '0.2'];
const TRAINING = ['--epochs', '20', '--batch', '4', '--micro-batch', '2', '--lr', '0.02', '--augment', 'flip'];
const MORE = ['--schedule', 'cosine', '--warmup', '0.5', '--clip', '0.5', '--ema', '0.9'];
const OPTIONS = ['--data', 'data', ...NETWORK, ...TRAINING, ...MORE, '--checkpoint-steps', '1'];

const KILLS = 20;

/** Trains in a process that does with its file operations what `how` says. */
function train(dir: string, args: readonly string[], how: string): Promise<Outcome> {
  return new Running(dir, ['train', ...args], [process.execPath, '--import', `${FILE_OPERATIONS}?${how}`]).ended;
}

test(`killed at ${KILLS} moments, and damaged by none of them`, async ({ dir }) => {
  putPairs(dir, 12);
  const record = join(tmpdir(), `${basename(dir)}.jsonl`);
  const whole = await train(dir, [...OPTIONS, '--workers', '2', '--out', 'whole', '--json'], `record=${record}`);
  assert.is(whole.code, 0, whole.stderr);
  const operations = readFileSync(record, 'utf8').split('\n').length;
  rmSync(record);
  const run = join(dir, 'killed');
  const random = new Random(seedKey(11));
  let begun = false;
  for (let kill = 0; kill < KILLS; kill++) {
    const args = begun ? ['--resume', 'killed'] : [...OPTIONS, '--out', 'killed'];
    const workers = kill % 2 === 0 ? '2' : '1';
    // Some while the run is made or taken up again; all kills together leave some of it to the last process.
    const at = 1 + random.integer(kill % 5 === 0 ? 15 : Math.floor(operations / KILLS));
    const how = `kill=${at}${random.integer(2) === 0 ? '&torn' : ''}`;
    const { code, stderr } = await train(dir, [...args, '--workers', workers], how);
    assert.is(code, null, `the process was to be killed, but ended by itself: ${stderr}`);
    assert.not.match(stderr, 'damaged');
    begun = existsSync(join(run, 'config.json'));
  }
  const end = json(dir, ['train', '--resume', 'killed', '--workers', '2']);
  const expected = JSON.parse(whole.stdout);
  assert.is(end.weightsSha256, expected.weightsSha256);
  assert.equal([end.epochs, end.validation], [expected.epochs, expected.validation]);
  assert.equal(metricsOf(run), metricsOf(join(dir, 'whole')));
  const [killed, undisturbed] = ['killed', 'whole'].map((name) => readFileSync(join(dir, name, 'model.safetensors')));
  assert.ok(killed!.equals(undisturbed!), 'model.safetensors has other bytes');
  assert.equal(listing(run), listing(join(dir, 'whole')), 'nothing is left of killed writes');
});

test.run();
