/** The engine across a channel: what the page calls is what the worker does, with the events of a training. */
import { MessageChannel } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connectEngine, servedBy } from '../../../site/engine/client.js';
import type { Engine } from '../../../site/engine/protocol.js';
import { InputError } from '../../../src/base/errors.js';
import { type Endpoint, serve } from '../../../src/platform/web/remote.js';
import { events } from '../../support/site/engine.js';
import { rejection } from '../../support/throws.js';

const test = suite('engine: client');

/** What a worker serves of these methods, as the page sees it. */
function across(methods: Partial<Engine>) {
  const { port1, port2 } = new MessageChannel();
  serve(servedBy(methods as Engine), port1 as unknown as Endpoint);
  return connectEngine(port2 as unknown as Endpoint);
}

test('events of a training come one by one, then its result; errors are those of the engine', async () => {
  const engine = across({
    train: async (data, given, told) => {
      told.ready({ run: `runs/${data}`, config: { filters: [2] } as never, images: 3 });
      told.remark(given.epochs!);
      return { result: { run: 'r' } as never, model: null };
    },
    resume: async (run, told) => {
      told.remark(run);
      throw new InputError(`${run}: no run to resume`);
    },
  });
  const told: unknown[] = [];
  const listener = events({
    ready: ({ run, images }) => told.push([run, images]),
    remark: (text) => told.push(text),
  });
  assert.equal(await engine.train('x', { epochs: '2' }, listener), { result: { run: 'r' }, model: null });
  assert.is(await rejection(engine.resume('runs/y', listener)), 'runs/y: no run to resume');
  assert.equal(told, [['runs/x', 3], '2', 'runs/y']);
  engine.close();
});

test.run();
