/**
 * Optimizers: one op over the flat memory of all parameters, updated where they lie. Adam: Kingma and Ba, 2015; AdamW:
 * Loshchilov and Hutter, 2019; SGD with momentum as PyTorch does it.
 */

import type { Allocator, Program, Storage } from '../../backend/backend.js';
import { withDefaults } from '../../base/defaults.js';
import { InputError } from '../../base/errors.js';
import { Graph, type Tensor } from '../../graph/graph.js';
import { adam, chunkNorms, sgd } from '../../ops/index.js';

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

/** What is added to the norm that gradients are divided by, as in PyTorch's `clip_grad_norm_`. */
const CLIP_EPSILON = 1e-6;

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
  readonly #limit: number | undefined;
  readonly #compileNorm: () => () => Promise<number>;
  #computeNorm: (() => Promise<number>) | undefined;
  /** The norm of the gradients of the last step, where it has been computed. */
  #norm: number | undefined;

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
    this.#limit = limit;
    this.#compileNorm = () => compileNorm(scope, gradients);
    if (limit !== undefined) this.#computeNorm = this.#compileNorm();
    this.state = new Map(STATE_NAMES[name].map((part) => [part, scope.allocate(parameters.length)]));
    const storages = [parameters, ...this.state.values()];

    const graph = new Graph();
    const shape = [parameters.length];
    const g = graph.input('gradients', shape);
    const leaves = ['parameters', ...this.state.keys()].map((part) => graph.parameter(part, shape));
    const [p, ...state] = leaves as [Tensor, Tensor, Tensor];
    this.#rates = graph.input('rates', [name === 'sgd' ? 2 : 4]);
    const outputs =
      name === 'sgd'
        ? sgd(p, g, state[0], this.#rates, { momentum, weightDecay })
        : adam(p, g, state[0], state[1], this.#rates, { ...ADAM, weightDecay, decoupled: name === 'adamw' });
    const inPlace = [leaves, outputs].flatMap((tensors) => tensors.map((tensor, k) => [tensor, storages[k]!] as const));
    this.#program = scope.compile(outputs, new Map([...inPlace, [g, gradients]]));
  }

  /** Moves the parameters one step against the gradients. */
  async step(learningRate: number): Promise<void> {
    this.steps++;
    this.#norm = undefined;
    const factor = this.#limit === undefined ? 1 : await this.#clip(this.#limit);
    const rates = this.#name === 'sgd' ? [learningRate] : this.#adamRates(learningRate);
    this.#program.write(this.#rates, [...rates, factor]);
    this.#program.run();
  }

  /**
   * The norm of all gradients together that the last step was taken against, before they were clipped. Where the step did
   * not need it, it is computed now, in a pass over the gradients, which must be as they were.
   */
  async gradientNorm(): Promise<number> {
    this.#computeNorm ??= this.#compileNorm();
    this.#norm ??= await this.#computeNorm();
    return this.#norm;
  }

  /** Returns what is to be stored beside `state`, whose values the caller copies. */
  saveState(): OptimizerState {
    return { steps: this.steps, powers: this.#powers };
  }

  restoreState({ steps, powers }: OptimizerState): void {
    this.steps = steps;
    this.#powers = powers;
  }

  /**
   * Returns the factor of the gradients, as in PyTorch's `clip_grad_norm_`. A gradient that is not finite stays so, and
   * shows in the next loss.
   */
  async #clip(limit: number): Promise<number> {
    return Math.min(1, limit / ((await this.gradientNorm()) + CLIP_EPSILON));
  }

  #adamRates(learningRate: number): number[] {
    const [power1, power2] = this.#powers;
    this.#powers = [power1 * ADAM.beta1, power2 * ADAM.beta2];
    return [learningRate, 1 / (1 - this.#powers[0]), 1 / Math.sqrt(1 - this.#powers[1])];
  }
}

/** The norm of all of `gradients`, summed in a fixed order. */
function compileNorm(scope: Allocator, gradients: Storage): () => Promise<number> {
  const graph = new Graph();
  const g = graph.input('gradients', [gradients.length]);
  const norms = chunkNorms(g);
  const program = scope.compile([norms], new Map([[g, gradients]]));
  return async () => {
    program.run();
    let sum = 0;
    for (const norm of await program.read(norms)) sum += norm * norm;
    return Math.sqrt(sum);
  };
}
