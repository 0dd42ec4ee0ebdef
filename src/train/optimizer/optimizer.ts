/**
 * Optimizers: one op over the flat memory of all parameters, updated where they lie. Adam: Kingma and Ba, 2015; AdamW:
 * Loshchilov and Hutter, 2019; SGD with momentum as PyTorch does it.
 */

import type { Allocator, Program, Storage, Values } from '../../backend/backend.js';
import { withDefaults } from '../../base/defaults.js';
import { InputError } from '../../base/errors.js';
import { Graph, type Tensor } from '../../graph/graph.js';
import { sizeOf } from '../../graph/shape.js';
import { adam, chunkNorms, clipRates, sgd } from '../../ops/index.js';

export const optimizers = ['adam', 'adamw', 'sgd'] as const;
export type OptimizerName = (typeof optimizers)[number];

export interface OptimizerOptions {
  /** Which optimizer moves the weights. Default: 'adam'. */
  readonly optimizer?: OptimizerName;
  /** How strongly weights are pulled towards 0. Default: 0.01 for 'adamw', else 0. */
  readonly weightDecay?: number;
  /** The momentum of 'sgd'. Default: 0.9. */
  readonly momentum?: number;
  /**
   * The largest norm of all gradients together: above it they are scaled down to it (Pascanu et al., 2013). Default: no
   * limit.
   */
  readonly maxGradientNorm?: number;
}

/** The values of options that are left out. */
export const optimizerDefaults: Required<Pick<OptimizerOptions, 'optimizer' | 'momentum'>> = {
  optimizer: 'adam',
  momentum: 0.9,
};

/** Returns the weight decay of an optimizer that is given none: PyTorch's for 'adamw', else 0. */
export function defaultWeightDecay(optimizer: OptimizerName): number {
  return optimizer === 'adamw' ? 0.01 : 0;
}

/** What an optimizer remembers beside its `state`, as plain JSON, which carries float64 without loss. */
export interface OptimizerState {
  readonly steps: number;
  /** beta1 and beta2 to the power `steps`. */
  readonly powers: readonly [number, number];
}

/** The names of the memories that each optimizer keeps, each as long as the parameters. */
export const STATE_NAMES = { adam: ['m', 'v'], adamw: ['m', 'v'], sgd: ['velocity'] } as const;

/** PyTorch's defaults. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export class Optimizer {
  /** How many steps have been taken. */
  steps = 0;
  /** What it remembers between steps, each with the layout of the parameters. */
  readonly state: ReadonlyMap<string, Storage>;
  readonly #program: Program;
  readonly #rates: Tensor;
  /** beta1 and beta2 to the power `steps`, by repeated multiplication: Math.pow is not the same on every engine. */
  #powers: readonly [number, number] = [1, 1];
  readonly #name: OptimizerName;
  /** The norms of the parts of the gradients. */
  readonly #norms: () => Promise<Values>;

  /**
   * @param parameters the memory that each step changes
   * @param gradients the memory that each step reads, laid out as the parameters
   * @throws InputError for an impossible `maxGradientNorm`
   */
  constructor(scope: Allocator, parameters: Storage, gradients: Storage, options: OptimizerOptions = {}) {
    const { optimizer: name, momentum, maxGradientNorm: limit, ...given } = withDefaults(optimizerDefaults, options);
    const { weightDecay = defaultWeightDecay(name) } = given;
    if (limit !== undefined && !(limit > 0)) {
      throw new InputError(`training: maxGradientNorm is ${limit}, expected a number above 0`);
    }
    this.#name = name;
    this.state = new Map(STATE_NAMES[name].map((part) => [part, scope.allocate(parameters.length)]));
    const storages = [parameters, ...this.state.values()];

    const graph = new Graph();
    const shape = [parameters.length];
    const g = graph.input('gradients', shape);
    const leaves = ['parameters', ...this.state.keys()].map((part) => graph.parameter(part, shape));
    const [p, ...state] = leaves as [Tensor, Tensor, Tensor];
    this.#rates = graph.input('rates', [name === 'sgd' ? 2 : 4]);
    const norms = limit === undefined ? undefined : chunkNorms(g);
    const rates = norms ? clipRates(norms, this.#rates, limit!) : this.#rates;
    const updated =
      name === 'sgd'
        ? sgd(p, g, state[0], rates, { momentum, weightDecay })
        : adam(p, g, state[0], state[1], rates, { ...ADAM, weightDecay, decoupled: name === 'adamw' });
    const inPlace = [leaves, updated].flatMap((tensors) => tensors.map((tensor, k) => [tensor, storages[k]!] as const));
    const bound = new Map([...inPlace, [g, gradients]]);
    if (norms) {
      // In memory of their own: other programs run before somebody asks for them.
      const kept = scope.allocate(sizeOf(norms.shape));
      bound.set(norms, kept);
      this.#norms = () => kept.read();
    } else {
      this.#norms = normsOf(scope, gradients);
    }
    this.#program = scope.compile(updated, bound);
  }

  /** Moves the parameters one step against the gradients; nothing is read for it. */
  step(learningRate: number): void {
    this.steps++;
    const rates = this.#name === 'sgd' ? [learningRate] : this.#adamRates(learningRate);
    this.#program.write(this.#rates, [...rates, 1]);
    this.#program.run();
  }

  /**
   * The norm of all gradients together that the last step was taken against, before they were clipped. Where the step did
   * not need it, it is computed now, in a pass over the gradients, which must be as they were when this is called.
   */
  async gradientNorm(): Promise<number> {
    let sum = 0;
    for (const norm of await this.#norms()) sum += norm * norm;
    return Math.sqrt(sum);
  }

  /** Returns what is to be stored beside `state`, whose values the caller copies. */
  saveState(): OptimizerState {
    return { steps: this.steps, powers: this.#powers };
  }

  restoreState({ steps, powers }: OptimizerState): void {
    this.steps = steps;
    this.#powers = powers;
  }

  #adamRates(learningRate: number): number[] {
    const [power1, power2] = this.#powers;
    this.#powers = [power1 * ADAM.beta1, power2 * ADAM.beta2];
    return [learningRate, 1 / (1 - this.#powers[0]), 1 / Math.sqrt(1 - this.#powers[1])];
  }
}

/** Computes the norms of the parts of `gradients` when it is called; the program is compiled for the first call. */
function normsOf(scope: Allocator, gradients: Storage): () => Promise<Values> {
  const graph = new Graph();
  const g = graph.input('gradients', [gradients.length]);
  const norms = chunkNorms(g);
  let program: Program | undefined;
  return () => {
    program ??= scope.compile([norms], new Map([[g, gradients]]));
    program.run();
    return program.read(norms);
  };
}
