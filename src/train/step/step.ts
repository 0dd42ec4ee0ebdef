/**
 * One training step: a mini-batch is cut into micro-batches, which the workers of the backend compute in parallel.
 * What comes of them is put together by a `Reducer` in a fixed order, so that neither the number of workers nor which is
 * the fastest changes a bit. Memory depends on the micro-batch and the workers, not on the batch. Batch norm takes its
 * statistics over a micro-batch; the running ones move once a mini-batch, by the mean over its micro-batches.
 *
 * Where a backend computes later than it is called (a GPU), nothing here waits for what it has computed, so that it always
 * has work: the losses of a mini-batch are a promise, and the step is taken before they are known.
 */
import type { Allocator, Program, Storage } from '../../backend/backend.js';
import { BackendLostError } from '../../backend/lost.js';
import { yieldToEventLoop } from '../../base/event-loop.js';
import { awaitedLater } from '../../base/promises.js';
import type { Key } from '../../base/random.js';
import type { Image } from '../../image/image.js';
import { pack } from '../../image/pack.js';
import type { LossOptions } from '../../loss/loss.js';
import type { Model } from '../../model/model.js';
import { levelsOf } from '../../network/config.js';
import { levelName } from '../../network/mode.js';
import { Optimizer, type OptimizerOptions } from '../optimizer/optimizer.js';
import { type GradientGraph, recordGradients } from './gradient-graph.js';
import type { Losses } from './losses.js';
import { LocalReducer, type Reducer } from './reducer.js';
import { ResultsMemory } from './results.js';
import { runBounded } from './run-bounded.js';

/** What a step learns from: one image as the network reads it. */
export interface Example {
  /** The name of the image, for errors. */
  readonly name: string;
  readonly image: Image<Float32Array>;
  /** The class of each pixel. */
  readonly mask: Image<Uint8Array>;
  /** Decides what dropout drops for this image. */
  readonly dropoutKey: Key;
}

/** A mini-batch whose gradients are there for whatever is computed next. */
export interface Accumulated {
  /** The losses of all micro-batches, which are means over their images; they come when they are computed. */
  readonly losses: Promise<readonly Losses[]>;
}

/** What the training loop needs of an object that computes steps. */
export interface Step {
  /** The names of the heads, shallowest first. */
  readonly heads: readonly string[];
  /** How many micro-batches are computed at a time; as many should be loaded ahead. */
  readonly concurrency: number;
  /** The indices of the micro-batches that this process computes, of the `count` of a mini-batch, in order. */
  share(count: number): readonly number[];
  /**
   * Computes the gradients and the losses of a mini-batch.
   * @param images how many images the whole mini-batch has
   * @param load gives the micro-batches; those of `share` are called in order, each when its turn has come
   * @param onDone is called after each micro-batch with the number of its images
   * @throws what `load` throws, or an Error that names the images whose computation failed; parameters and running
   *   statistics are then as they were
   */
  accumulate(
    images: number,
    load: readonly (() => Promise<readonly Example[]>)[],
    onDone?: (images: number) => void,
  ): Promise<Accumulated>;
  /** Moves the parameters one step of the optimizer against the gradients that were computed last; waits for nothing. */
  update(learningRate: number): void;
  /**
   * The norm of the gradients that the last step was taken against, before they were clipped: of the last one at the moment
   * of the call, whenever the norm arrives.
   */
  gradientNorm(): Promise<number>;
}

/** A gradient graph compiled for one size of micro-batch, in one context. */
interface Compiled {
  readonly graph: GradientGraph;
  readonly program: Program;
}

/** A sequence of micro-batches that are computed one after the other, and the memory that they take in turn. */
interface Lane {
  /** The context of its programs, see `CompileOptions`. */
  readonly context: number;
  /** The gradients of one micro-batch. */
  readonly gradients: Storage;
  /** What else a micro-batch gives. */
  readonly results: ResultsMemory;
  /** The programs for the sizes of micro-batch so far, by their number of images. */
  readonly compiled: Map<number, Compiled>;
}

export interface StepOptions extends OptimizerOptions {
  /** The width of the images, a multiple of 2^depth. */
  readonly width: number;
  /** The height of the images, a multiple of 2^depth. */
  readonly height: number;
  readonly loss?: LossOptions | undefined;
}

/** How often a micro-batch is computed before it is an error that its thread was lost. */
const TRIES = 3;

export class TrainingStep implements Step {
  readonly heads: readonly string[];
  readonly optimizer: Optimizer;
  readonly #reducer: Reducer;
  readonly #lanes: readonly Lane[];

  /**
   * @param scope what the step takes of the backend is freed with it; by default it goes with the backend
   * @param reducer puts together what comes of the micro-batches; by default this process computes all of them
   */
  constructor(
    readonly model: Model,
    readonly options: StepOptions,
    readonly scope: Allocator = model.backend,
    reducer?: Reducer,
  ) {
    const { backend, config, parameters } = model;
    this.heads = levelsOf(config).map(levelName);
    const { length } = parameters.trainable;
    this.#reducer = reducer ?? new LocalReducer(scope, length, backend.concurrentPrograms);
    this.#lanes = Array.from({ length: backend.concurrentPrograms }, (_, k) => {
      // A single lane computes in the context of everything else.
      const context = backend.concurrentPrograms === 1 ? 0 : k + 1;
      const results = new ResultsMemory(scope, parameters, this.heads.length);
      return { context, gradients: scope.allocate(length), results, compiled: new Map() };
    });
    this.optimizer = new Optimizer(scope, parameters.trainable, this.gradients, options);
  }

  /** The gradients of the mini-batch, laid out as the trainable parameters. */
  get gradients(): Storage {
    return this.#reducer.gradients;
  }

  get concurrency(): number {
    return this.#lanes.length;
  }

  /**
   * Takes the memory for mini-batches of up to so many images, which otherwise is taken when it is needed. So a lack of
   * memory shows before the work begins and not within it.
   */
  reserve(images: number, microBatch: number): void {
    const count = Math.ceil(images / microBatch);
    this.#reducer.reserve(count);
    const used = this.#lanes.slice(0, this.share(count).length);
    for (const lane of used) this.#compile(lane, Math.min(images, microBatch));
  }

  share(count: number): readonly number[] {
    return this.#reducer.share(count);
  }

  /** See `Step`: `gradients` is then that of the mini-batch's mean loss, and running statistics have moved. */
  async accumulate(
    images: number,
    load: readonly (() => Promise<readonly Example[]>)[],
    onDone: (images: number) => void = () => {},
  ): Promise<Accumulated> {
    const reducer = this.#reducer;
    const share = reducer.share(load.length);
    reducer.begin(load.length);
    await runBounded(share.length, this.#lanes.length, async (k, n) => {
      const index = share[k]!;
      const examples = await load[index]!();
      const lane = this.#lanes[n]!;
      await this.#compute(lane, examples, images);
      const results = awaitedLater(lane.results.read(examples.length, images));
      await reducer.add(index, { gradients: lane.gradients, results });
      onDone(examples.length);
      await yieldToEventLoop();
    });
    const { results } = await reducer.finish();
    const { statistics } = this.model.parameters;
    // They are summed by the host, and the next mini-batch begins with them: only networks that have some wait for them.
    if (statistics.length > 0) statistics.write((await results).statistics);
    return { losses: awaitedLater(results.then(({ losses }) => losses)) };
  }

  update(learningRate: number): void {
    this.optimizer.step(learningRate);
    this.model.parameters.weightsChanged();
  }

  gradientNorm(): Promise<number> {
    return this.optimizer.gradientNorm();
  }

  /** Runs a micro-batch in a lane, again where its thread is lost, and the backend is not. */
  async #compute(lane: Lane, examples: readonly Example[], images: number): Promise<void> {
    const { graph, program } = this.#compile(lane, examples.length);
    const { network, loss, upstream } = graph;
    for (let attempt = 1; ; attempt++) {
      program.write(network.input, pack(examples.map(({ image }) => image)));
      program.write(loss.target, pack(examples.map(({ mask }) => mask)));
      program.write(upstream, [examples.length / images]);
      if (network.keys) program.write(network.keys, packKeys(examples));
      try {
        await program.runAsync();
        return;
      } catch (error) {
        if (error instanceof BackendLostError) throw error;
        if (attempt < TRIES) continue;
        const names = examples.map(({ name }) => name).join(', ');
        const { message } = error as Error;
        throw new Error(`training: the computation of the images ${names} failed ${TRIES} times: ${message}`);
      }
    }
  }

  #compile({ context, gradients, results, compiled }: Lane, batch: number): Compiled {
    const known = compiled.get(batch);
    if (known) return known;
    const { parameters, config } = this.model;
    const { height, width, loss } = this.options;
    const graph = recordGradients(config, { batch, height, width }, loss);
    const bound = new Map([...parameters.bind(graph.network), ...results.places(graph)]);
    for (const [parameter, tensor] of graph.gradients) bound.set(tensor, parameters.sliceOf(gradients, parameter));
    const made = { graph, program: this.scope.compile(graph.outputs, bound, { context }) };
    compiled.set(batch, made);
    return made;
  }
}

/** The dropout keys [N,4]: each in four 16-bit parts, low first, which float32 holds exactly. */
function packKeys(examples: readonly Example[]): number[] {
  return examples.flatMap(({ dropoutKey: [low, high] }) => [low & 0xffff, low >>> 16, high & 0xffff, high >>> 16]);
}
