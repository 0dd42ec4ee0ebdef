/** `unetpp prune`: the small model says what the head of the large one says, to the bit. */
import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { level } from '../../src/app/options/parsers.js';
import { createModel, loadModel, type ModelConfig } from '../../src/index.js';
import { disc, json, listing, put, refused, suiteInFolder, unetppAlone } from '../support/cli/cli.js';

const test = suiteInFolder('cli prune');
const FILE = 'model.safetensors';
const prune = (level: string, out = 'small.safetensors') => ['prune', '--model', FILE, '--level', level, '--out', out];

async function putModel(dir: string, config: Partial<ModelConfig> = {}, size?: number): Promise<void> {
  const model = createModel({ filters: [3, 5, 7, 8], ...config }, { seed: 5 });
  const scores = { L1: 0.5, L2: 0.5, L3: 0.5, accurate: 0.5 };
  model.adopt({
    preprocessing: { normalisation: 'percentile', ...(size !== undefined && { size }) },
    thresholds: { L1: 0.3, L2: 0.45, accurate: 0.6 },
    classNames: ['lesion'],
    training: { epochs: 3, seed: 8 },
    recommendation: { mode: 'L1', score: 'dice', tolerance: 0.01, subset: 'test', images: 2, scores },
  });
  await model.save(join(dir, FILE));
}

/** The files of a prediction, as one text. */
function predicted(dir: string, model: string, ...more: string[]): string {
  json(dir, ['predict', '--model', model, '--input', 'scan.png', '--out', 'out', '--save-probs', ...more]);
  return ['scan.npy', 'scan.png', 'scan-overlay.png'].map((name) => readFileSync(join(dir, 'out', name), 'hex')).join();
}

for (const [name, level, config, size] of [
  ['dense, at the size of the image', '2', {}, undefined],
  ['adjacent, batch norm, resized', '3', { skips: 'adjacent', norm: 'batch' }, 32],
] as const) {
  test(`what L${level} says, bit for bit: ${name}`, async ({ dir }) => {
    await putModel(dir, config, size);
    put(dir, 'scan.png', disc(37, 53));
    json(dir, prune(level));
    const expected = predicted(dir, FILE, '--mode', `L${level}`);
    assert.ok(predicted(dir, 'small.safetensors') === expected);
    assert.ok(predicted(dir, FILE) !== expected, 'the mean of the heads says something else');
  });
}

test('what the model knows of the head goes with it; costs before and after', async ({ dir }) => {
  await putModel(dir, { classes: 1 }, 32);
  const result = json(dir, prune('L2', 'small.safetensors'));
  const large = json(dir, ['info', '--model', FILE]);
  const small = json(dir, ['info', '--model', 'small.safetensors']);
  assert.equal(result, {
    level: 2,
    parametersBefore: large.parameters,
    parametersAfter: small.parameters,
    macsBefore: large.macs,
    macsAfter: small.macs,
    size: 32,
    out: 'small.safetensors',
    bytes: statSync(join(dir, 'small.safetensors')).size,
  });
  assert.ok((small.parameters as number) < (large.parameters as number));
  const { config, card } = await loadModel(join(dir, 'small.safetensors'));
  const { preprocessing, thresholds, classNames, training, recommendation } = card;
  assert.equal([config.filters, config.deepSupervision], [[3, 5, 7], false]);
  assert.equal(preprocessing, { normalisation: 'percentile', size: 32 });
  assert.equal(thresholds, { L2: 0.45 });
  assert.equal(classNames, ['lesion']);
  assert.equal(training, { epochs: 3, seed: 8, prunedTo: 'L2' });
  assert.is(recommendation, undefined);

  const { code, stdout, stderr } = unetppAlone(dir, prune('2'));
  assert.equal([code, stderr], [0, '']);
  assert.match(
    stdout,
    /^L2 of UNet\+\+ .*\nparameters {5}[\d,]+ of [\d,]+\nmultiply-adds .* million of .* million, an image of 32x32\nwritten to small\.safetensors, 1 MB\n$/,
  );
  assert.equal(listing(dir), [FILE, 'small.safetensors'], 'nothing temporary');
});

test('what cannot be pruned is refused, and no file is written', async ({ dir }) => {
  await putModel(dir);
  refused(dir, prune('4'), 'prune: no head at level 4; this network has L1, L2, L3');
  const expected = 'Expected the level of a head, like 2 or L2.';
  for (const wrong of ['0', 'L', 'l2', '1.5', 'two', '-1', '']) {
    assert.throws(
      () => level(wrong),
      (error: Error) => error.message === expected,
      wrong,
    );
  }
  const invalid = `option '--level <n>' argument 'two' is invalid. ${expected.slice(0, -1)}`;
  refused(dir, prune('two'), `${invalid}; see unetpp prune --help`);
  const itself = '--model reads it, so nothing is written there; give another place';
  refused(dir, prune('2', `./${FILE}`), `./${FILE}: ${itself}`);
  symlinkSync(FILE, join(dir, 'link'));
  refused(dir, [...prune('2', 'link'), '--force'], `link: ${itself}`);
  const gone = 'there is no folder no; create it, or correct the path';
  refused(dir, prune('2', 'no/small'), `no/small: cannot be written: ${gone}`);

  json(dir, prune('3', 'small'));
  const alone = 'this network was built without deep supervision: L3 is its only head and needs all of it';
  refused(dir, ['prune', '--model', 'small', '--level', '3', '--out', 'again'], `prune: ${alone}`);
});

test.run();
