/** What is shown of images that are opened while others are still computed, on an engine that answers when it is told to. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AppState, firstState } from '../../../site/app/state.js';
import { createStore } from '../../../site/app/store.js';
import { segment, showImage, showSlice, useModel } from '../../../site/app/work/segment.js';
import type { Work } from '../../../site/app/work/work.js';
import type { HeadView, ImageView, ModelView } from '../../../site/engine/protocol.js';

const model = (name: string) => ({ name, outputs: [{ mode: 'accurate' }] }) as unknown as ModelView;

/** A page with a model, whose engine answers a call `answer('compare A 0')` names, and no other. */
function begin() {
  const waiting = new Map<string, (value: unknown) => void>();
  const called = (...call: unknown[]) => new Promise((resolve) => waiting.set(call.join(' '), resolve));
  const engine = {
    openImage: ({ taken }: { readonly taken: string }) => called('open', taken),
    slice: (id: string, slice: number) => called('slice', id, slice),
    compare: (id: string, slice: number) => called('compare', id, slice),
    features: (id: string, slice: number) => called('features', id, slice),
  };
  const store = createStore<AppState>({ ...firstState(''), model: model('first') });
  const work = { engine, store } as unknown as Work;
  const answer = async (call: string, value: unknown) => {
    const resolve = waiting.get(call);
    assert.ok(resolve, `${call} was not asked for, but ${[...waiting.keys()]}`);
    waiting.delete(call);
    resolve(value);
    await new Promise((done) => setImmediate(done));
  };
  const view = (id: string, slices = 1) => ({ id, slices, hasMask: false, shown: {} }) as unknown as ImageView;
  const heads = (of: string) => [{ of }] as unknown as HeadView[];
  return { work, store, waiting, answer, view, heads };
}

test('what is computed of an image comes too late when another one has been asked for', async () => {
  const { work, store, waiting, answer, view, heads } = begin();
  void showImage(work, { taken: 'A' });
  await answer('open A', view('A'));
  void showImage(work, { taken: 'B' });
  await answer('compare A 0', heads('A'));
  assert.is(store.get().heads, null);
  // Another model computes nothing of an image that is about to go.
  useModel(work, model('second'));
  assert.equal([...waiting.keys()], ['open B']);
  await answer('open B', view('B'));
  await answer('compare B 0', heads('B'));
  assert.equal(store.get().heads, heads('B'));
  assert.is(store.get().image!.view.id, 'B');
});

test('an image that comes too late is dropped', async () => {
  const { work, store, waiting, answer, view } = begin();
  void showImage(work, { taken: 'A' });
  void showImage(work, { taken: 'B' });
  await answer('open B', view('B'));
  await answer('open A', view('A'));
  assert.is(store.get().image!.view.id, 'B');
  assert.equal([...waiting.keys()], ['compare B 0']);
});

test('of a volume, the slice that was asked for last is segmented', async () => {
  const { work, store, answer, view, heads } = begin();
  void showImage(work, { taken: 'A' });
  await answer('open A', view('A', 9));
  void showSlice(work, 5);
  void showSlice(work, 6);
  await answer('slice A 5', { shown: {}, mask: null });
  await answer('compare A 4', heads('A 4'));
  assert.is(store.get().heads, null);
  await answer('slice A 6', { shown: {}, mask: null });
  await answer('compare A 6', heads('A 6'));
  assert.equal(store.get().heads, heads('A 6'));
});

test('an image is segmented again with another model, and by another backend', async () => {
  const { work, store, answer, view, heads } = begin();
  void showImage(work, { taken: 'A' });
  await answer('open A', view('A'));
  await answer('compare A 0', heads('first'));
  await answer('features A 0', []);
  useModel(work, model('second'));
  assert.is(store.get().heads, null);
  await answer('compare A 0', heads('second'));
  assert.equal(store.get().heads, heads('second'));
  void segment(work);
  assert.is(store.get().heads, null);
  await answer('compare A 0', heads('again'));
  assert.equal(store.get().heads, heads('again'));
});

test.run();
