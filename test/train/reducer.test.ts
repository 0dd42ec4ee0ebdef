/** What comes of a mini-batch has the same bits in whatever order its micro-batches are done, and whoever computes them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend, Storage, Values } from '../../src/backend/backend.js';
import { chunks } from '../../src/base/chunks.js';
import { Random } from '../../src/base/random.js';
import { createBackend, createModel, type Model } from '../../src/index.js';
import { LocalReducer, type MicroBatch, type MiniBatch, type Reducer } from '../../src/train/step/reducer.js';
import type { Results } from '../../src/train/step/results.js';
import { type Example, TrainingStep } from '../../src/train/step/step.js';
import { squares } from '../support/training/squares.js';

/** What ranks send each other: each message is there for all, whether they ask for it before it is sent or after. */
class Mailbox {
  readonly #messages = new Map<string, { send: (message: Message) => void; message: Promise<Message> }>();

  at(key: string) {
    let send: (message: Message) => void = () => {};
    const message = new Promise<Message>((resolve) => {
      send = resolve;
    });
    const slot = this.#messages.get(key) ?? { send, message };
    this.#messages.set(key, slot);
    return slot;
  }
}

type Message = { readonly values: Values; readonly results: Results };

/** One of several processes, each of which computes every so many-th micro-batch. */
class RankReducer implements Reducer {
  readonly gradients: Storage;
  readonly #local: LocalReducer;
  readonly #received: Storage;
  #round = 0;
  #count = 0;

  constructor(
    backend: Backend,
    length: number,
    readonly rank: number,
    readonly ranks: number,
    readonly mailbox: Mailbox,
  ) {
    this.#local = new LocalReducer(backend, length, 1);
    this.#received = backend.allocate(length);
    this.gradients = this.#local.gradients;
  }

  reserve(count: number): void {
    this.#local.reserve(count);
  }

  share(count: number): readonly number[] {
    return this.#local.share(count).filter((index) => index % this.ranks === this.rank);
  }

  begin(count: number): void {
    this.#round++;
    this.#count = count;
    this.#local.begin(count);
  }

  async add(index: number, { gradients, results }: MicroBatch): Promise<void> {
    const { send } = this.mailbox.at(`${this.#round}:${index}`);
    // Both are asked for now; the gradients may be written anew at once.
    void Promise.all([gradients.read(), results]).then(([values, results]) => send({ values, results }));
  }

  async finish(): Promise<MiniBatch> {
    for (let index = 0; index < this.#count; index++) {
      const { values, results } = await this.mailbox.at(`${this.#round}:${index}`).message;
      this.#received.write(values);
      await this.#local.add(index, { gradients: this.#received, results: Promise.resolve(results) });
    }
    return this.#local.finish();
  }
}

const modelOf = (): Model =>
  createModel({ filters: [3, 4], norm: 'batch', dropout: 0.2 }, { backend: createBackend(), seed: 3 });

async function examplesOf(count: number): Promise<Example[]> {
  const dataset = squares({ train: count });
  return Promise.all(
    dataset.split.train.map(async (name, k) => {
      const { image, mask } = await dataset.load(name);
      return { name, image, mask, dropoutKey: [k, 0] as const };
    }),
  );
}

/** Trains two steps. @returns the losses of each, and parameters and running statistics then */
async function train(model: Model, batch: readonly Example[], reducer?: Reducer) {
  const step = new TrainingStep(model, { width: 16, height: 16 }, model.backend, reducer);
  step.reserve(batch.length, 2);
  const losses = [];
  const computed: string[] = [];
  for (let k = 0; k < 2; k++) {
    const load = chunks(batch, 2).map((part, index) => async () => {
      computed.push(`${k}:${index}`);
      return part;
    });
    losses.push(await (await step.accumulate(batch.length, load)).losses);
    step.update(0.01);
  }
  return { computed, losses, snapshot: await model.parameters.snapshot() };
}

for (const ranks of [2, 3]) {
  test(`${ranks} ranks that exchange what they compute have the bits of one`, async () => {
    // Five micro-batches, the last of which is smaller.
    const batch = await examplesOf(9);
    const { computed: all, ...expected } = await train(modelOf(), batch);
    const mailbox = new Mailbox();
    const trained = await Promise.all(
      Array.from({ length: ranks }, (_, rank) => {
        const model = modelOf();
        const { length } = model.parameters.trainable;
        return train(model, batch, new RankReducer(model.backend, length, rank, ranks, mailbox));
      }),
    );
    for (const { computed, ...rest } of trained) assert.equal(rest, expected);
    assert.equal(trained.flatMap(({ computed }) => computed).sort(), all, 'each micro-batch is computed once');
  });
}

test('micro-batches in any order give the same, also after a mini-batch that was given up', async () => {
  const backend = createBackend();
  const [length, count] = [50, 7];
  const reducer = new LocalReducer(backend, length, 2);
  reducer.reserve(count);
  const part = backend.allocate(length);
  const add = async (index: number, seed: number) => {
    const random = new Random([seed, index]);
    const normals = (n: number) => Float64Array.from({ length: n }, () => random.normal() * 10 ** random.integer(6));
    part.write(normals(length));
    const [total, ...heads] = normals(3);
    const statistics = normals(4);
    const results = Promise.resolve({ losses: { total: total!, heads }, statistics });
    await reducer.add(index, { gradients: part, results });
  };
  const results = [];
  for (let round = 0; round < 5; round++) {
    const order = new Random([round, 1]).permutation(count);
    reducer.begin(count);
    for (const index of order.slice(0, 3)) await add(index, 99);
    reducer.begin(count);
    for (const index of order) await add(index, 5);
    const finished = await reducer.finish();
    results.push({ ...(await finished.results), gradients: await reducer.gradients.read() });
  }
  for (const result of results) assert.equal(result, results[0]);
  assert.equal(
    results[0]!.losses.map(({ heads }) => heads.length),
    Array(count).fill(2),
  );
});

test('a single process computes all micro-batches', () => {
  assert.equal(new LocalReducer(createBackend(), 1, 1).share(4), [0, 1, 2, 3]);
});

test.run();
