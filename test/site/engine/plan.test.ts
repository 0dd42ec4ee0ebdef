/** The plan of a training as the page shows it, and as the training has it. */
import * as assert from 'uvu/assert';
import type { PlanView } from '../../../site/engine/protocol.js';
import { json, putPairs } from '../../support/cli/cli.js';
import { suiteWithEngine } from '../../support/site/engine.js';
import { rejection } from '../../support/throws.js';

const test = suiteWithEngine('engine: plan');

/** The values of options by their names, those that are set. */
function valuesOf({ options }: PlanView): Record<string, string> {
  return Object.fromEntries(options.flatMap(({ name, value }) => (value === '' ? [] : [[name, value]])));
}

test('the phantom has its defaults, and what is given; names of flags are taken, too', async ({ engine }) => {
  const plan = await engine.plan(undefined, { filters: '2,4', lr: '0.01', deepSupervision: 'false' });
  const { filters, learningRate, epochs, batch, size, norm, deepSupervision } = valuesOf(plan);
  assert.equal(
    { filters, learningRate, epochs, batch, size, norm, deepSupervision },
    {
      ...{ filters: '2,4', learningRate: '0.01', epochs: '8', batch: '4', size: '128', norm: 'group' },
      deepSupervision: 'false',
    },
  );
  const skips = plan.options.find(({ name }) => name === 'skips')!;
  assert.equal(skips, {
    name: 'skips',
    flag: '--skips',
    help: 'dense is UNet++, adjacent UNet+, original UNet^e',
    value: 'dense',
    reason: null,
    choices: ['dense', 'adjacent', 'original'],
    group: 'Network',
  });
  assert.equal(plan.options.find(({ name }) => name === 'test')!.choices, ['true', 'false']);
  assert.equal(
    [...new Set(plan.options.map(({ group }) => group))],
    ['Plan', 'Data', 'Network', 'Training', 'Optimizer', 'Result'],
  );
  for (const hidden of ['data', 'out', 'backend', 'workers'])
    assert.not(plan.options.some(({ name }) => name === hidden));
  assert.ok(plan.memoryBytes > 2 ** 20 && plan.availableBytes > plan.memoryBytes);
  assert.is(plan.minutes, null);
});

test('data has what plan chooses, with the reasons of the command line', async ({ dir, engine }) => {
  putPairs(dir);
  const plan = await engine.plan('data', { epochs: '3' });
  const { options, reasons } = json(dir, ['plan', '--data', 'data', '--epochs', '3']) as {
    readonly options: Record<string, unknown>;
    readonly reasons: Record<string, string>;
  };
  for (const [name, reason] of Object.entries(reasons)) {
    const shown = plan.options.find((option) => option.name === name)!;
    assert.equal([shown.value, shown.reason], [String(options[name]), reason], name);
  }
  // As on the command line, an option of the network leaves the others to their defaults, unless a plan is asked for.
  assert.is(valuesOf(await engine.plan('data', { filters: '2,4' })).size, '128');
  const asked = await engine.plan('data', { filters: '2,4', planning: 'auto' });
  assert.equal([valuesOf(asked).size, valuesOf(asked).filters], ['46', '2,4']);
});

test('a network that does not fit into the memory is refused with what it needs', async ({ engine }) => {
  const message = await rejection(engine.plan(undefined, { filters: '2048,4096', size: '2048' }));
  assert.match(message, /^--size 2048 with --filters 2048,4096 and --micro-batch 1 needs [\d,.]+ GB of memory, /);
});

test.run();
