/** Calls between two ends of a channel: results, callbacks, errors and what becomes of calls when the other side is gone. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import { connect, type Endpoint, type Remote, serve } from '../../../src/platform/web/remote.js';

const methods = {
  add: (a: number, b: number) => a + b,
  async count(to: number, onCount: (k: number) => void, name: string, onEnd: (text: string) => void) {
    for (let k = 0; k < to; k++) onCount(k);
    onEnd(`${name} ended`);
    return new Uint8Array([to]);
  },
  refuse: () => Promise.reject(new InputError('size: expected 8, got 7')),
  fail: () => {
    throw Object.assign(new Error('broken'), { name: 'DeviceLostError' });
  },
  uncloned: () => () => {},
  silence: () => new Promise<void>(() => {}),
};

/** Serves the methods at one end of a channel, uses the other, and closes both. */
async function remotely(use: (remote: Remote<typeof methods>) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  serve(methods, port1);
  const remote = connect<typeof methods>(port2);
  try {
    await use(remote);
  } finally {
    remote.close();
  }
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('no error');
}

test('a result, and a promise of the remote itself', () =>
  remotely(async (remote) => {
    assert.is(await (await remote).add(2, 3), 5);
    assert.equal(await Promise.all([remote.add(1, 1), remote.add(2, 2)]), [2, 4]);
  }));

test('callbacks are called in order, and before the call has settled', () =>
  remotely(async (remote) => {
    const told: unknown[] = [];
    const result = await remote.count(
      3,
      (k) => told.push(k),
      'counting',
      (text) => told.push(text),
    );
    assert.equal(result, new Uint8Array([3]));
    assert.equal(told, [0, 1, 2, 'counting ended']);
  }));

test('errors keep their words, an InputError its class and others their name', () =>
  remotely(async (remote) => {
    const refused = await errorOf(remote.refuse());
    assert.instance(refused, InputError);
    assert.is(refused.message, 'size: expected 8, got 7');
    const failed = await errorOf(remote.fail());
    assert.not.instance(failed, InputError);
    assert.is(`${failed}`, 'DeviceLostError: broken');
  }));

test('what cannot be cloned is an error, on either side', () =>
  remotely(async (remote) => {
    assert.match((await errorOf(remote.uncloned())).message, /could not be cloned/);
    assert.match((await errorOf(remote.add(1, Symbol('two') as unknown as number))).message, /could not be cloned/);
    assert.is(await remote.add(2, 3), 5);
  }));

test('when it is closed, pending calls and later ones fail', () =>
  remotely(async (remote) => {
    const pending = errorOf(remote.silence());
    remote.close('the page has no more use for it');
    assert.is((await pending).message, 'the page has no more use for it');
    assert.is((await errorOf(remote.add(1, 2))).message, 'the page has no more use for it');
  }));

for (const [event, message] of [
  [
    Object.assign(new Event('error'), { message: 'Uncaught Error: broken' }),
    'the worker failed: Uncaught Error: broken',
  ],
  [new Event('error'), 'the worker did not start, as its script was not loaded'],
  [new Event('messageerror'), 'the worker sent what cannot be read'],
] as const) {
  test(`pending calls fail with "${message}"`, async () => {
    let ended = 0;
    const worker: Endpoint = Object.assign(new EventTarget(), { postMessage() {}, terminate: () => void ended++ });
    const pending = errorOf(connect<typeof methods>(worker).silence());
    (worker as unknown as EventTarget).dispatchEvent(event);
    assert.is((await pending).message, message);
    assert.is(ended, 1);
  });
}

test.run();
