/** The training of the page: the bits of the command line, and what it is told, held, stopped and gone on with. */
import * as assert from 'uvu/assert';
import type { ExampleView, GivenOptions } from '../../../site/engine/protocol.js';
import { json, put, TRAIN_JS } from '../../support/cli/cli.js';
import { events, suiteWithEngine } from '../../support/site/engine.js';
import { rejection } from '../../support/throws.js';

const SMALL: GivenOptions = { epochs: '2', filters: '2,4', size: '32', splitSizes: '12,4,0', seed: '9' };
const AS_ARGUMENTS = ['--epochs', '2', '--filters', '2,4', '--size', '32', '--split', '12,4,0', '--seed', '9'];

const test = suiteWithEngine('engine: training');

test('texts give the weights of the command line; each epoch comes with its examples', async ({ dir, engine }) => {
  const told: string[] = [];
  const shown: (readonly ExampleView[])[] = [];
  const { result, model } = await engine.train(
    undefined,
    SMALL,
    events({
      ready: ({ run, config, images }) => told.push(`${run} ${config.filters} ${images}`),
      step: ({ step }) => told.push(`step ${step}`),
      epoch: ({ epoch }, examples) => {
        told.push(`epoch ${epoch}`);
        shown.push(examples);
      },
    }),
  );
  const same = json(dir, ['--out', 'same', ...AS_ARGUMENTS], TRAIN_JS);
  assert.is(result.weightsSha256, same.weightsSha256);
  assert.is(result.run, 'runs/phantom');
  assert.is(model?.weightsSha256, result.weightsSha256);
  assert.is(model?.initFrom, 'runs/phantom/model.safetensors');
  const steps = (from: number) => [0, 1, 2].map((k) => `step ${from + k}`);
  assert.equal(told, ['runs/phantom 2,4 12', ...steps(1), 'epoch 1', ...steps(4), 'epoch 2']);
  assert.equal(
    shown.map((examples) => examples.map(({ name }) => name)),
    [1, 2].map(() => [0, 1, 2, 3].map((k) => `validation-000${k}`)),
  );
  const [{ image, mask, target, dice }] = shown[1] as [ExampleView];
  assert.equal([image.width, image.height, image.channels, image.data.length], [32, 32, 3, 3072]);
  assert.equal([mask.data.length, target.data.length], [1024, 1024]);
  assert.ok(dice >= 0 && dice <= 1);
});

test('a folder gives the weights of the command line, also with the plan that suits it', async ({ dir, engine }) => {
  const { disc } = await import('../../support/cli/cli.js');
  for (let n = 0; n < 6; n++) {
    put(dir, `data/scans/images/n${n}.png`, disc(40 + n, 33 + 2 * n));
    put(dir, `data/scans/masks/n${n}.png`, disc(40 + n, 33 + 2 * n, true));
  }
  const given = { epochs: '1', batch: '2', size: '16' };
  const asked = ['--epochs', '1', '--batch', '2', '--size', '16'];
  const { result } = await engine.train('data/scans', given, events());
  const same = json(dir, ['train', '--data', 'data/scans', ...asked, '--out', 'same']);
  assert.is(result.run, 'runs/scans');
  assert.is(result.weightsSha256, same.weightsSha256);
});

test('a training that is held stands still, and goes on to the same weights', async ({ engine }) => {
  const undisturbed = await engine.train(undefined, SMALL, events());
  let steps = 0;
  let held: () => void;
  const isHeld = new Promise<void>((resolve) => {
    held = resolve;
  });
  const step = () => {
    steps++;
    if (steps === 2) void engine.pause(true).then(held);
  };
  const training = engine.train(undefined, SMALL, events({ step }));
  await isHeld;
  // A training that is not held does its six steps in this time many times over.
  await new Promise((later) => setTimeout(later, 500));
  assert.is(steps, 2);
  assert.is(
    await rejection(engine.train(undefined, SMALL, events())),
    'a training is under way in runs/phantom-2; stop it first',
  );
  assert.is(
    await rejection(engine.forget('runs/phantom-2')),
    'runs/phantom-2: its training is under way; stop it first',
  );
  assert.is(await rejection(engine.forget()), 'runs/phantom-2: its training is under way; stop it first');
  await engine.pause(false);
  const { result } = await training;
  assert.is(steps, 6);
  assert.is(result.weightsSha256, undisturbed.result.weightsSha256);
});

test('a training that is stopped while it is held goes on to the weights of one that was not', async ({ engine }) => {
  const undisturbed = await engine.train(undefined, SMALL, events());
  const stopped = await engine.train(
    undefined,
    SMALL,
    events({
      step: ({ step }) => {
        if (step !== 4) return;
        void engine.pause(true);
        setTimeout(() => engine.stop(), 50);
      },
    }),
  );
  assert.is(stopped.result.interrupted, true);
  assert.is(stopped.result.epochs, 1);
  const [newest, other] = await engine.runs();
  assert.equal([newest!.run, newest!.epochs, newest!.epochsDone, newest!.done], ['runs/phantom-2', 2, 1, false]);
  assert.equal([other!.run, other!.epochsDone, other!.done, other!.hasModel], ['runs/phantom', 2, true, true]);
  const { result, model } = await engine.resume('runs/phantom-2', events());
  assert.is(result.interrupted, false);
  assert.is(result.weightsSha256, undisturbed.result.weightsSha256);
  assert.is(model?.name, 'runs/phantom-2');
});

test('a training begins from the open model', async ({ engine }) => {
  const { model } = await engine.train(undefined, { ...SMALL, epochs: '1' }, events());
  const remarks: string[] = [];
  const given = { initFrom: model!.initFrom, epochs: '1', splitSizes: '12,4,0' };
  const { result } = await engine.train(undefined, given, events({ remark: (text) => remarks.push(text) }));
  assert.is(result.run, 'runs/phantom-2');
  assert.equal(remarks, []);
  const [{ config }] = [await engine.openModel({ run: result.run })];
  assert.equal(config.filters, [2, 4]);
});

test('what is wrong with options is said as on the command line', async ({ dir, engine }) => {
  const { unetpp } = await import('../../support/cli/cli.js');
  const cases: [GivenOptions, string[]][] = [
    [{ epochs: 'many' }, ['--epochs', 'many']],
    [{ skips: 'some' }, ['--skips', 'some']],
    [{ filters: '4,x' }, ['--filters', '4,x']],
    [{ minutes: '1', epochs: '2' }, ['--minutes', '1', '--epochs', '2']],
    [{ size: '31' }, ['--size', '31']],
  ];
  for (const [given, args] of cases) {
    const { stderr } = unetpp(dir, ['train', ...args]);
    const expected = stderr
      .trim()
      .replace(/^unetpp: /, '')
      .replace(/; see unetpp train --help$/, '');
    assert.is(await rejection(engine.train(undefined, given, events())), expected);
  }
  assert.match(
    await rejection(engine.plan(undefined, { epoch: '2' })),
    /^no option is called "epoch"; there are recipe, /,
  );
});

test.run();
