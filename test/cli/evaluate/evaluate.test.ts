import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel } from '../../../src/index.js';
import { json, put, putPairs, refused, suiteInFolder, TINY, unetpp, unetppAlone } from '../../support/cli/cli.js';

const test = suiteInFolder('cli evaluate');
const FILE = 'runs/data/model.safetensors';
const evaluate = (...more: string[]) => ['evaluate', '--model', FILE, '--data', 'data', ...more];

test('evaluate repeats the validation of the training, with its split and its size', ({ dir }) => {
  putPairs(dir, 12);
  const train = ['train', '--data', 'data', ...TINY, '--filters', '2,4,6', '--epochs', '2', '--seed', '7'];
  const { validation } = json(dir, train) as { validation: Record<string, unknown> };
  const result = json(dir, evaluate());
  assert.equal([result.images, result.mode, result.subset, result.threshold], [2, 'accurate', 'validation', 0.5]);
  for (const name of ['dice', 'iou', 'pooledIou', 'loss']) assert.is(result[name], validation[name], name);
  assert.not.equal(json(dir, evaluate('--seed', '8')).loss, result.loss, 'another seed, another split');

  const heads = result.heads as Record<string, unknown>[];
  assert.equal(
    heads.map(({ head }) => head),
    ['L1', 'L2'],
  );
  const shallow = json(dir, evaluate('--mode', 'L1'));
  assert.equal([shallow.mode, shallow.iou], ['L1', heads[0]!.iou]);
  assert.is(json(dir, evaluate('--mode', 'fast')).iou, heads[1]!.iou);
  assert.is(json(dir, evaluate('--subset', 'all')).images, 12);
  assert.is(json(dir, evaluate('--subset', 'train')).images, 10);
  assert.is(json(dir, evaluate('--size', '37')).images, 2, 'a size that 2^depth does not divide');
  assert.is(json(dir, evaluate('--threshold', '1')).dice, 0);
  const relaxed = json(dir, evaluate('--relaxed')).loss as number;
  assert.ok(Math.abs(relaxed - (result.loss as number)) < 1e-5, String(relaxed));

  const { stdout, stderr } = unetppAlone(dir, evaluate());
  assert.is(stderr, '');
  assert.match(
    stdout,
    /^2 images \(validation\) of \d+x\d+ to \d+x\d+ pixels, seen at 32x32, loss \d\.\d{4} \(0\.5\*ce\+dice\)\n\n +accurate +L1 +L2\nthreshold( +0\.5){3}\nDice( +[01]\.\d{4}){3}\n/,
  );
  assert.match(stdout, /\nHD95 \(px\)( +(\d+\.\d\d|-)){3}\n/);
  assert.match(stdout, /\n\nlowest Dice, mode accurate\n {2}n\d+ +Dice [01]\.\d{4} {2}HD95 .* px {2}ASSD .* px\n/);

  assert.match(unetpp(dir, evaluate('--subset', 'test')).stderr, 'unetpp: data: the subset "test" holds no image');
  refused(dir, evaluate('--mode', 'L9'), 'mode "L9": this network has accurate, fast, L1, L2');
});

test('a subset of split.json', ({ dir }) => {
  putPairs(dir, 4);
  put(dir, 'data/split.json', '{"train": ["n0"], "validation": ["n1"], "test": ["n2", "n3"]}');
  json(dir, ['train', '--data', 'data', ...TINY, '--epochs', '1']);
  assert.is(json(dir, evaluate('--subset', 'test')).images, 2);
});

test('images of another kind than those of the training are remarked on', async ({ dir }) => {
  putPairs(dir, 3);
  await createModel({ filters: [2, 4], inChannels: 3 }).save(join(dir, 'rgb.safetensors'));
  const { code, stderr } = unetpp(dir, ['evaluate', '--model', 'rgb.safetensors', '--data', 'data', '--size', '16']);
  const remark = 'remark    grey images: the model expects RGB; all three channels get the grey values\n';
  assert.equal([code, stderr], [0, remark]);
});

test.run();
