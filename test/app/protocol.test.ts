/** A study continues with its own protocol only, whichever version wrote it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { settleBackend } from '../../src/app/backend.js';
import { completeStudyOptions, type StudyOptions } from '../../src/app/options/study-options.js';
import { outputsOf } from '../../src/app/outputs.js';
import { openStudy } from '../../src/app/study/protocol.js';
import { planStudy } from '../../src/app/study/study-plan.js';
import { syntheticDataset } from '../../src/index.js';
import { suiteInFolder } from '../support/cli/cli.js';
import { rejection } from '../support/throws.js';
import { withOldNames } from '../support/training/old-names.js';

const test = suiteInFolder('protocol');
const dataset = syntheticDataset({ size: 32, seed: 1 });
const OPTIONS = { filters: [2, 4], size: 32, folds: 3, learningRate: 0.02, maxGradientNorm: 1, emaDecay: 0.9 };

async function open(dir: string, more: Partial<StudyOptions> = {}): Promise<void> {
  const options = completeStudyOptions({ ...OPTIONS, ...more });
  const folder = await openStudy(
    join(dir, 'st'),
    await planStudy(await settleBackend(options, {}), dataset),
    outputsOf({}, {}),
    {},
  );
  await folder.close();
}

test('it may ask for other runs and compute otherwise; anything else is refused as it stands on the command line', async ({
  dir,
}) => {
  await open(dir);
  await open(dir, { arms: ['unet'], seeds: [3], workers: 2, checkpointSteps: 1, out: join(dir, 'st'), wait: 1 });
  const refused = async (more: Partial<StudyOptions>, what: string, then: string) => {
    const end = 'repeat its options, or give another folder with --out';
    const message = `${what}, but the study in ${join(dir, 'st')} was started ${then}; ${end}`;
    assert.is(await rejection(open(dir, more)), message);
  };
  await refused({ learningRate: 0.05 }, '--lr is 0.05', 'with 0.02');
  await refused({ epochs: 9 }, '--epochs is 9', 'with 8');
  await refused({ patience: 2 }, '--patience is 2', 'without it');
  await refused({ backend: 'reference' }, '--backend is reference', 'with wasm');
  await refused({ folds: 4 }, '--folds is 4', 'with 3');
  await refused({ emaDecay: undefined }, '--ema is not given', 'with 0.9');
});

test('a protocol with the names of 0.1.0 goes on, and is written with those of now', async ({ dir }) => {
  await open(dir);
  const file = join(dir, 'st/protocol.json');
  const protocol = JSON.parse(readFileSync(file, 'utf8'));
  const old = withOldNames(protocol);
  assert.equal([old.lr, old.clip, old.ema, old.normalise], [0.02, 1, 0.9, 'range']);
  writeFileSync(file, JSON.stringify(old));
  assert.match(await rejection(open(dir, { learningRate: 0.05 })), '--lr is 0.05, but ');
  await open(dir);
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), protocol);
});

test.run();
