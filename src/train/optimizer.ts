/**
 * Optimizers: one op over the flat memory of all parameters, updated where they lie. Adam: Kingma and Ba, 2015; AdamW:
 * Loshchilov and Hutter, 2019; SGD with momentum as PyTorch does it.
 */
import type { Backend, Program, Storage } from '../backend/backend.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { adam, sgd } from '../ops/index.js';

export const optimizers = ['adam', 'adamw', 'sgd'] as const;
export type OptimizerName = (typeof optimizers)[number];

export interface OptimizerOptions {
  /** Default: 'adam'. */
  readonly optimizer?: OptimizerName;
  /** Default: 0.01 for 'adamw', else 0. */
  readonly weightDecay?: number;
  /** Of 'sgd'; default 0.9. */
  readonly momentum?: number;
}

/** Memory for state, each as long as the parameters, by optimizer. */
export const STATE_NAMES = { adam: ['m', 'v'], adamw: ['m', 'v'], sgd: ['velocity'] } as const;

/** PyTorch's defaults. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export class Optimizer {
  /** Steps taken. */
  steps = 0;
  /** What it remembers between steps, each with the layout of the parameters. */
  readonly state: ReadonlyMap<string, Storage>;
  readonly #program: Program;
  readonly #rates: Tensor;
  /** beta1 and beta2 to the power `steps`, by repeated multiplication: Math.pow is not the same on every engine. */
  readonly #powers = [1, 1];
  readonly #name: OptimizerName;

  /**
   * @param parameters changed by each step
   * @param gradients read by each step; the same layout
   */
  constructor(backend: Backend, parameters: Storage, gradients: Storage, options: OptimizerOptions = {}) {
    const { optimizer: name = 'adam', momentum = 0.9 } = options;
    const { weightDecay = name === 'adamw' ? 0.01 : 0 } = options;
    this.#name = name;
    this.state = new Map(STATE_NAMES[name].map((part) => [part, backend.allocate(parameters.length)]));
    const storages = [parameters, ...this.state.values()];

    const graph = new Graph();
    const shape = [parameters.length];
    const g = graph.input('gradients', shape);
    const leaves = ['parameters', ...this.state.keys()].map((part) => graph.parameter(part, shape));
    const [p, ...state] = leaves as [Tensor, Tensor, Tensor];
    this.#rates = graph.input('rates', [name === 'sgd' ? 1 : 3]);
    const outputs =
      name === 'sgd'
        ? sgd(p, g, state[0], this.#rates, { momentum, weightDecay })
        : adam(p, g, state[0], state[1], this.#rates, { ...ADAM, weightDecay, decoupled: name === 'adamw' });
    const inPlace = [leaves, outputs].flatMap((tensors) => tensors.map((tensor, k) => [tensor, storages[k]!] as const));
    this.#program = backend.compile(outputs, new Map([...inPlace, [g, gradients]]));
  }

  /** Moves the parameters one step against the gradients. */
  step(learningRate: number): void {
    this.steps++;
    this.#program.write(this.#rates, this.#name === 'sgd' ? [learningRate] : this.#adamRates(learningRate));
    this.#program.run();
  }

  #adamRates(learningRate: number): number[] {
    this.#powers[0]! *= ADAM.beta1;
    this.#powers[1]! *= ADAM.beta2;
    return [learningRate, 1 / (1 - this.#powers[0]!), 1 / Math.sqrt(1 - this.#powers[1]!)];
  }
}
