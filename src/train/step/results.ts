/**
 * What a micro-batch gives beside its gradients: its losses, and its part of the running statistics. They lie in one small
 * memory, so that one read brings them to the host.
 */
import type { Allocator, Backend, Storage } from '../../backend/backend.js';
import { invariant } from '../../base/errors.js';
import type { Tensor } from '../../graph/graph.js';
import type { ParameterStore } from '../../network/parameters.js';
import type { GradientGraph } from './gradient-graph.js';
import type { Losses } from './losses.js';

export interface Results {
  /** The losses, which are means over the images of the micro-batch. */
  readonly losses: Losses;
  /**
   * What the micro-batch contributes to the new running statistics, which are means over the mini-batch; laid out as
   * those of the parameters.
   */
  readonly statistics: Float64Array;
}

/** The elements of the memory. @param statistics how many the running statistics have */
export function resultsLength(heads: number, statistics: number, { alignment }: Pick<Backend, 'alignment'>): number {
  return (1 + heads) * alignment + statistics;
}

/** The tensors of a micro-batch that are its results. */
export function resultTensors({ loss, network }: GradientGraph): Tensor[] {
  return [loss.total, ...loss.heads, ...network.updates.map(({ value }) => value)];
}

/** The memory of the micro-batches of one lane, which are computed one after the other. */
export class ResultsMemory {
  readonly #parameters: ParameterStore;
  /** The total loss, then those of the heads, each as far from the next as programs need it; then the statistics. */
  readonly #storage: Storage;
  readonly #losses: number;

  constructor(scope: Allocator, parameters: ParameterStore, heads: number) {
    this.#parameters = parameters;
    this.#losses = 1 + heads;
    this.#storage = scope.allocate(resultsLength(heads, parameters.statistics.length, parameters.backend));
  }

  /** The place of each of the `resultTensors`. */
  places(graph: GradientGraph): Map<Tensor, Storage> {
    const { network, loss } = graph;
    const { backend, layouts } = this.#parameters;
    const { places } = layouts.statistics.inside;
    invariant(network.updates.length === places.size, 'a running statistic that training does not move');
    const at = [loss.total, ...loss.heads].map((tensor, k) => [tensor, k * backend.alignment, 1] as const);
    const statistics = network.updates.map(({ statistic, value }) => {
      const { start, size } = places.get(network.parameters.get(statistic)!.name)!;
      return [value, this.#losses * backend.alignment + start, size] as const;
    });
    return new Map([...at, ...statistics].map(([tensor, ...range]) => [tensor, this.#storage.slice(...range)]));
  }

  /**
   * Reads the results that are there now.
   * @param images how many images the micro-batch has
   * @param all how many the mini-batch has
   */
  async read(images: number, all: number): Promise<Results> {
    const values = await this.#storage.read();
    const { alignment } = this.#parameters.backend;
    const [total, ...heads] = Array.from({ length: this.#losses }, (_, k) => values[k * alignment]!);
    const statistics = Float64Array.from(values.subarray(this.#losses * alignment), (x) => (x * images) / all);
    return { losses: { total: total!, heads }, statistics };
  }
}
