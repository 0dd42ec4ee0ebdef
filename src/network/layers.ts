/**
 * The layers of the UNet++ family with their parameters: H (two 3x3 convolutions), U (upsampling by two) and the heads.
 * Parameter names are those of PyTorch modules (`conv0_1.conv2.weight`, `conv0_1.bn2.running_mean`).
 */
import { InputError } from '../base/errors.js';
import type { Graph, Tensor } from '../graph/graph.js';
import type { Shape } from '../graph/shape.js';
import { conv2d, convTranspose2d, dropout, moments, normalise, relu, upsample2d, weightedSum } from '../ops/index.js';
import type { ModelConfig } from './config.js';

/** The kind of a parameter. Weights are distinguished by their op. */
export type ParameterKind =
  | 'conv2d'
  | 'convTranspose2d'
  | 'bias'
  | 'gamma'
  | 'beta'
  | 'runningMean'
  | 'runningVariance';

export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly kind: ParameterKind;
  /** Whether it belongs to a head. */
  readonly isHead?: true;
  /**
   * How many inputs an output element has, and below how many outputs an input element has, for the initialisations:
   * k k in and k k out; those of a bias are its layer's. Transposed convolutions count k k out and k k in, as PyTorch
   * and Keras do; where the width halves, that is He's 2 / fanIn = 1 / in: right for a layer that no ReLU follows.
   */
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The new value of a running statistic after a training step. */
export interface StatisticUpdate {
  /** The leaf that holds the running statistic. */
  readonly statistic: Tensor;
  readonly value: Tensor;
}

/** The module names of the norms, as PyTorch's users write them. */
export const NORM_NAMES = { batch: 'bn', instance: 'in', group: 'gn' } as const;
/** Groups of group norm: Wu and He found 8 to 32 to be alike; narrow layers take the largest divisor up to this. */
const GROUPS = 8;
/** What a batch contributes to the running statistics, as in PyTorch. */
const MOMENTUM = 0.1;

/** Records layers on a graph, and lists the parameters that they take. */
export class Layers {
  /** The parameters by their leaves, in recorded order. */
  readonly parameters = new Map<Tensor, Parameter>();
  readonly updates: StatisticUpdate[] = [];
  #dropouts = 0;

  /**
   * @param training batch norm takes the statistics of the batch
   * @param keys the dropout keys [N,4] of the samples; without them nothing is dropped
   */
  constructor(
    readonly graph: Graph,
    readonly config: ModelConfig,
    readonly training: boolean,
    readonly keys: Tensor | undefined,
  ) {}

  /** H: twice a 3x3 convolution, norm, ReLU and dropout; the inputs are read as if concatenated. */
  H(name: string, xs: readonly Tensor[], width: number): Tensor {
    return this.#unit(name, 2, [this.#unit(name, 1, xs, width)], width);
  }

  /** U: brings the level below to twice its height and width. */
  U(name: string, x: Tensor, width: number): Tensor {
    const { upsample } = this.config;
    if (upsample !== 'transposed') return upsample2d(x, upsample);
    const channels = x.shape[3]!;
    const fans = { fanIn: 4 * width, fanOut: 4 * channels };
    const w = this.#parameter(`${name}.weight`, [2, 2, channels, width], 'convTranspose2d', fans);
    return convTranspose2d(x, w, this.#parameter(`${name}.bias`, [width], 'bias', fans));
  }

  /** A head: a 1x1 convolution to the logits. */
  head(name: string, x: Tensor): Tensor {
    const { classes } = this.config;
    const fans = { fanIn: x.shape[3]!, fanOut: classes };
    const w = this.#parameter(`${name}.weight`, [1, 1, fans.fanIn, classes], 'conv2d', { ...fans, isHead: true });
    return conv2d([x], w, this.#parameter(`${name}.bias`, [classes], 'bias', { ...fans, isHead: true }));
  }

  #unit(name: string, k: 1 | 2, xs: readonly Tensor[], width: number): Tensor {
    const { norm, dropout: rate } = this.config;
    const z = this.#convolution(`${name}.conv${k}`, xs, width, norm === 'none');
    const y = norm === 'none' ? z : relu(this.#norm(`${name}.${NORM_NAMES[norm]}${k}`, norm, z));
    return this.keys ? dropout(y, this.keys, rate, this.#dropouts++) : y;
  }

  /** A 3x3 convolution. */
  #convolution(name: string, xs: readonly Tensor[], width: number, fuseRelu: boolean): Tensor {
    const channels = xs.reduce((sum, x) => sum + x.shape[3]!, 0);
    const fans = { fanIn: 9 * channels, fanOut: 9 * width };
    const w = this.#parameter(`${name}.weight`, [3, 3, channels, width], 'conv2d', fans);
    return conv2d(xs, w, this.#parameter(`${name}.bias`, [width], 'bias', fans), { relu: fuseRelu });
  }

  #norm(name: string, norm: 'batch' | 'instance' | 'group', x: Tensor): Tensor {
    const channels = x.shape[3]!;
    const gamma = this.#parameter(`${name}.weight`, [channels], 'gamma');
    const beta = this.#parameter(`${name}.bias`, [channels], 'beta');
    if (norm === 'batch') return normalise(x, this.#batchStatistics(name, x), gamma, beta);
    const groups = norm === 'instance' ? channels : groupsOf(channels);
    const options = { perImage: true, groups };
    return normalise(x, moments(x, options), gamma, beta, options);
  }

  /** Returns the statistics of the batch in training, which also move the running ones, else the running ones. */
  #batchStatistics(name: string, x: Tensor): { mean: Tensor; variance: Tensor } {
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const running = {
      mean: this.#parameter(`${name}.running_mean`, [1, channels], 'runningMean'),
      variance: this.#parameter(`${name}.running_var`, [1, channels], 'runningVariance'),
    };
    if (!this.training) return running;
    const count = batch * height * width;
    if (count === 1) {
      throw new InputError(
        `${name}: batch norm has one value per channel to take statistics of (one image, ${height}x${width} pixels at this level); take larger images or batches`,
      );
    }
    const { mean, variance } = moments(x);
    // The running variance is the unbiased one, as in PyTorch.
    const unbiased = count / (count - 1);
    this.updates.push(
      { statistic: running.mean, value: weightedSum([running.mean, mean], [1 - MOMENTUM, MOMENTUM]) },
      {
        statistic: running.variance,
        value: weightedSum([running.variance, variance], [1 - MOMENTUM, MOMENTUM * unbiased]),
      },
    );
    return { mean, variance };
  }

  #parameter(
    name: string,
    shape: Shape,
    kind: ParameterKind,
    facts: Pick<Parameter, 'fanIn' | 'fanOut' | 'isHead'> = { fanIn: 0, fanOut: 0 },
  ): Tensor {
    const leaf = this.graph.parameter(name, shape);
    this.parameters.set(leaf, { name, shape, kind, ...facts });
    return leaf;
  }
}

/** The groups of group norm: as many as divide the channels, up to `GROUPS`. */
export function groupsOf(channels: number): number {
  let groups = Math.min(channels, GROUPS);
  while (channels % groups !== 0) groups--;
  return groups;
}
