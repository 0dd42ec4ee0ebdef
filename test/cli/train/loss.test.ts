import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { json, putPairs, refused, suiteInFolder, TINY, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli loss');
const TRAIN = ['train', '--data', 'data', ...TINY, '--filters', '2,4,6', '--epochs', '1', '--batch', '5'];
const configOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'run/config.json'), 'utf8'));

test('--loss, --head-weights and --class-weights reach the run, the model and its evaluation', ({ dir }) => {
  putPairs(dir);
  const weights = ['--head-weights', '1,3', '--class-weights', '1,2.5'];
  const args = [...TRAIN, '--out', 'run', '--loss', '0.50*focal + dice(squared, batch)', ...weights];
  const { code, stdout, stderr } = unetpp(dir, [...args, '--json']);
  assert.is(code, 0, stderr);
  const { validation, model } = JSON.parse(stdout);
  const text = '0.5*focal(2)+dice(batch,squared)';
  const objective = `${text}, head weights 1,3, class weights 1,2.5`;
  assert.ok(stderr.includes(`, batch 5, loss ${objective}, adam`), stderr);
  const { loss, headWeights, classWeights, microBatch } = configOf(dir);
  assert.equal(
    [loss, headWeights, classWeights, microBatch],
    [text, [1, 3], [1, 2.5], 5],
    'over the batch: the micro-batch is the batch',
  );
  const evaluated = json(dir, ['evaluate', '--model', model, '--data', 'data']);
  assert.equal([evaluated.loss, evaluated.objective], [validation.loss, objective]);
  assert.ok(unetpp(dir, ['info', '--model', model]).stdout.includes(`"${text}"\n`));

  const resumed = unetpp(dir, [
    'train',
    '--resume',
    'run',
    '--loss',
    ' 0.5 * focal(2.0) + dice(batch,squared)',
    '--quiet',
  ]);
  assert.equal([resumed.code, resumed.stderr], [0, '']);
  const begun = `--loss is ce, but the run in run was started with ${text}; leave it out, or start a new run`;
  refused(dir, ['train', '--resume', 'run', '--loss', 'ce'], begun);
});

test('what is refused', ({ dir }) => {
  putPairs(dir);
  const known = 'is not a term; expected a sum like 0.5*ce+dice, of ce, focal, dice, tversky, lovasz';
  refused(dir, [...TRAIN, '--loss', '0.5*ce+dise'], `loss "0.5*ce+dise": "dise" ${known}`);
  const list = 'Expected numbers of at least 0 with commas between them, like 1,2,5; found "x"';
  const option = "option '--head-weights <list>' argument '1,x' is invalid";
  refused(dir, [...TRAIN, '--head-weights', '1,x'], `${option}. ${list}; see unetpp train --help`);
  const none = 'none negative and not all 0';
  const heads = `headWeights: expected 2 numbers (one for each head), ${none}, found [1,2,3]`;
  refused(dir, [...TRAIN, '--head-weights', '1,2,3'], heads);
  const two = `crossEntropy: classWeights must be 2 numbers (background first), ${none}, got [1,2,5]`;
  refused(dir, [...TRAIN, '--class-weights', '1,2,5'], two);
  const alone = 'classWeights [1,2] count in crossEntropy alone where there is one class beside the background';
  const advice = 'add that term or leave them out';
  refused(dir, [...TRAIN, '--loss', 'dice', '--class-weights', '1,2'], `loss: ${alone}; ${advice}`);
});

test.run();
