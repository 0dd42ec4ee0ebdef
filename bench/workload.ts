/** The whole network at work: one image through all its heads, and a step of training. */
import type { Backend, Values } from '../src/backend/backend.js';
import type { NdArray } from '../src/backend/run.js';
import { chunks } from '../src/base/chunks.js';
import { Random, seedKey } from '../src/base/random.js';
import { pack } from '../src/image/pack.js';
import { createModel, type Model } from '../src/model/model.js';
import { networkCost } from '../src/model/summary.js';
import { type Example, TrainingStep } from '../src/train/step/step.js';

/** How many images are computed at once, as the trainer does by default. */
export const MICRO_BATCH = 4;

export interface WorkloadOptions {
  /** The channels of each level. */
  readonly filters: readonly number[];
  /** The width and height of the images in pixels. */
  readonly size: number;
  /** How many images a training step has. */
  readonly batch: number;
}

export class Workload {
  readonly model: Model;
  /** The image of `infer`. */
  readonly image: NdArray & { readonly data: Float32Array };
  /** The images of a training step. */
  readonly examples: readonly Example[];
  readonly #packed: Float32Array;
  readonly #step: TrainingStep;

  constructor(
    readonly options: WorkloadOptions,
    backend: Backend,
  ) {
    const { filters, size, batch } = options;
    this.model = createModel({ filters }, { backend });
    this.examples = Array.from({ length: batch }, (_, k) => example(size, k));
    this.image = { shape: [1, size, size, 1], data: this.examples[0]!.image.data };
    this.#packed = pack(this.examples.map(({ image }) => image));
    this.#step = new TrainingStep(this.model, { width: size, height: size });
  }

  /** The floating-point operations of `infer`, counted as direct convolution. */
  get operations(): number {
    const { size } = this.options;
    return 2 * networkCost(this.model.config, 'accurate', { width: size, height: size }).macs;
  }

  /** Computes the logits of all heads. */
  infer(): Promise<Values[]> {
    return this.model.logits(this.image);
  }

  /** Computes the logits of all heads for the images of a training step, all at once. */
  inferBatch(): Promise<Values[]> {
    const { size, batch } = this.options;
    return this.model.logits({ shape: [batch, size, size, 1], data: this.#packed });
  }

  /** Runs a training step: forward, the loss of all heads, backward, and Adam. Returns the loss before the step. */
  async train(): Promise<number> {
    const parts = chunks(this.examples, MICRO_BATCH);
    const { losses } = await this.#step.accumulate(
      this.examples.length,
      parts.map((part) => async () => part),
    );
    this.#step.update(3e-4);
    const totals = (await losses).map(({ total }, k) => total * parts[k]!.length);
    return totals.reduce((sum, total) => sum + total, 0) / this.examples.length;
  }
}

function example(size: number, k: number): Example {
  const random = new Random(seedKey(k));
  const plane = { width: size, height: size, channels: 1 };
  const image = { ...plane, data: Float32Array.from({ length: size * size }, () => random.normal()) };
  return {
    name: `image ${k}`,
    image,
    mask: { ...plane, data: Uint8Array.from(image.data, (x) => Number(x > 1)) },
    dropoutKey: seedKey(k),
  };
}
