/**
 * The UNet++ family written out from the papers' formula, without the graph: an independent check of the model builder,
 * in float64. Zhou et al., "UNet++: A Nested U-Net Architecture", 2018, equation 1, and "UNet++: Redesigning Skip
 * Connections", 2020, for UNet+ and UNet^e. Parameters go by the names that a PyTorch module would give them.
 *
 *   X(i,0) = H(D(X(i-1,0)))                               i = level, 0 at full resolution
 *   X(i,j) = H([skips(i,j), U(X(i+1,j-1))]),  j > 0       j = position along the skip pathway
 */
import type { Interpolation } from '../src/ops/upsampling.js';
import { relu } from './activation.js';
import { conv2d } from './convolution.js';
import { crossEntropy } from './cross-entropy.js';
import type { Values } from './kernel.js';
import { moments, normalise } from './normalisation.js';
import { maxPool2d } from './pooling.js';
import { convTranspose2d } from './transposed.js';
import { tversky } from './tversky.js';
import { upsample2d } from './upsampling.js';

export interface NetworkConfig {
  /** Channels of each level; the last one is the bottom. */
  readonly filters: readonly number[];
  readonly classes: number;
  readonly batchNorm: boolean;
  readonly upsample: 'transposed' | Interpolation;
  /** `dense` UNet++, `adjacent` UNet+, `original` UNet^e. */
  readonly skips: 'dense' | 'adjacent' | 'original';
}

/** [batch, height, width, channels]. */
export interface Activation {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Values;
}

/** `conv0_1.conv2.weight`, `up0_1.bias`, `final4.weight`, … -> values; weights are HWIO. */
export type Parameters = (name: string) => Values;

/**
 * Computes the logits of the heads X(0,1) .. X(0,depth).
 *
 * @param mode `train` normalises with the statistics of the batch, `eval` with the running ones
 */
export function network(
  config: NetworkConfig,
  parameters: Parameters,
  input: Activation,
  mode: 'train' | 'eval',
): Activation[] {
  const depth = config.filters.length - 1;
  const nodes = new Map<string, Activation>();
  const X = (i: number, j: number): Activation => nodes.get(`${i},${j}`)!;
  const H = (i: number, j: number, inputs: readonly Activation[]): void => {
    nodes.set(`${i},${j}`, block(config, parameters, `conv${i}_${j}`, inputs, config.filters[i], mode));
  };
  for (let i = 0; i <= depth; i++) H(i, 0, [i === 0 ? input : D(X(i - 1, 0))]);
  for (let j = 1; j <= depth; j++) {
    for (let i = 0; i + j <= depth; i++) {
      const skips = {
        dense: () => Array.from({ length: j }, (_, k) => X(i, k)),
        adjacent: () => [X(i, j - 1)],
        original: () => [X(i, 0)],
      }[config.skips]();
      H(i, j, [...skips, U(config, parameters, `up${i}_${j}`, X(i + 1, j - 1), config.filters[i])]);
    }
  }
  return Array.from({ length: depth }, (_, head) => {
    return convolution(parameters, `final${head + 1}`, [X(0, head + 1)], config.classes, 1);
  });
}

/**
 * Computes the loss of each head: 0.5 cross-entropy + 1 - Dice. Training minimizes their mean.
 *
 * @param target [N,H,W]: 0 or 1, or the class of each pixel
 */
export function headLosses(heads: readonly Activation[], target: Values): number[] {
  return heads.map(({ batch, height, width, channels, data }) => {
    const size = { batch, positions: height * width, classes: channels };
    const [entropy, dice] = [new Float64Array(1), new Float64Array(1)];
    const equal = (classes: number, weight: number) => new Array<number>(classes).fill(weight);
    const ofPixels = { gamma: 0, classWeights: equal(Math.max(channels, 2), 1) };
    const ofRegions = { alpha: 0.5, beta: 0.5, squared: false, classWeights: equal(channels, 1 / channels) };
    crossEntropy({ ...size, ...ofPixels }, [data, target], [entropy]);
    tversky({ ...size, ...ofRegions }, [data, target], [dice]);
    return 0.5 * entropy[0] + dice[0];
  });
}

/** H: two 3x3 convolutions, each with batch norm, if there is one, and ReLU. */
function block(
  config: NetworkConfig,
  parameters: Parameters,
  name: string,
  inputs: readonly Activation[],
  filters: number,
  mode: 'train' | 'eval',
): Activation {
  let xs = inputs;
  for (const k of [1, 2]) {
    const y = convolution(parameters, `${name}.conv${k}`, xs, filters, 3);
    if (config.batchNorm) batchNorm(parameters, `${name}.bn${k}`, y, mode);
    relu({ length: y.data.length }, [y.data], [y.data]);
    xs = [y];
  }
  return xs[0];
}

/** D: the maximum of each 2x2 window. */
function D(x: Activation): Activation {
  const y = blank({ ...x, height: x.height / 2, width: x.width / 2 });
  maxPool2d(y, [x.data], [y.data]);
  return y;
}

/** U: twice as many rows and columns, by a transposed convolution or by interpolation. */
function U(config: NetworkConfig, parameters: Parameters, name: string, x: Activation, filters: number): Activation {
  const size = { batch: x.batch, height: 2 * x.height, width: 2 * x.width };
  if (config.upsample === 'transposed') {
    const y = blank({ ...size, channels: filters });
    const geometry = { ...x, inChannels: x.channels, outChannels: filters };
    convTranspose2d(geometry, [x.data, parameters(`${name}.weight`), parameters(`${name}.bias`)], [y.data]);
    return y;
  }
  const y = blank({ ...size, channels: x.channels });
  upsample2d({ ...x, interpolation: config.upsample }, [x.data], [y.data]);
  return y;
}

function convolution(
  parameters: Parameters,
  name: string,
  xs: readonly Activation[],
  outChannels: number,
  kernel: 1 | 3,
): Activation {
  const { batch, height, width } = xs[0];
  const sources = xs.map(({ channels }) => channels);
  const inChannels = sources.reduce((sum, channels) => sum + channels, 0);
  const y = blank({ batch, height, width, channels: outChannels });
  conv2d(
    { batch, height, width, sources, inChannels, outChannels, kernel, relu: false },
    [...xs.map(({ data }) => data), parameters(`${name}.weight`), parameters(`${name}.bias`)],
    [y.data],
  );
  return y;
}

/** Normalises `x` where it lies. */
function batchNorm(parameters: Parameters, name: string, x: Activation, mode: 'train' | 'eval'): void {
  const { batch, channels } = x;
  const geometry = {
    batch,
    positions: x.height * x.width,
    channels,
    groups: channels,
    perImage: false,
    epsilon: 1e-5,
  };
  let mean: Values;
  let variance: Values;
  if (mode === 'train') {
    mean = new Float64Array(channels);
    variance = new Float64Array(channels);
    moments(geometry, [x.data], [mean, variance]);
  } else {
    mean = parameters(`${name}.running_mean`);
    variance = parameters(`${name}.running_var`);
  }
  normalise(geometry, [x.data, mean, variance, parameters(`${name}.weight`), parameters(`${name}.bias`)], [x.data]);
}

function blank(size: Omit<Activation, 'data'>): Activation {
  const { batch, height, width, channels } = size;
  return { batch, height, width, channels, data: new Float64Array(batch * height * width * channels) };
}
