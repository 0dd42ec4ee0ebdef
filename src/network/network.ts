/**
 * The UNet++ family: Zhou et al., "UNet++: A Nested U-Net Architecture for Medical Image Segmentation", 2018, equation 1,
 * and "UNet++: Redesigning Skip Connections to Exploit Multiscale Features in Image Segmentation", 2020.
 *
 *     X(i,0) = H(D(X(i-1,0)))                           D: 2x2 max pooling
 *     X(i,j) = H([skips(i,j), U(X(i+1,j-1))])   j > 0   U: upsampling by two
 *
 *     X(0,0)--X(0,1)--X(0,2)--X(0,3)--X(0,4)            level 0, full resolution; a head on each X(0,j), j > 0
 *         \   /   \   /   \   /   \   /
 *         X(1,0)--X(1,1)--X(1,2)--X(1,3)                level 1, half the height and width
 *             \   /   \   /   \   /
 *             X(2,0)--X(2,1)--X(2,2)
 *                 \   /   \   /
 *                 X(3,0)--X(3,1)
 *                     \   /
 *                     X(4,0)
 */
import { InputError } from '../base/errors.js';
import { roundUp } from '../base/multiples.js';
import { Graph, liveNodes, type Tensor } from '../graph/graph.js';
import { maxPool2d } from '../ops/index.js';
import { depthOf, levelsOf, type ModelConfig, skipsOf } from './config.js';
import { Layers, type Parameter, type StatisticUpdate } from './layers.js';

export interface NetworkOptions {
  /** How many images are computed at once. */
  readonly batch: number;
  /** The rows of the images, and below their columns: multiples of 2^depth. */
  readonly height: number;
  readonly width: number;
  /** Whether to take batch statistics and drop out, as training does, or running statistics. Default: false. */
  readonly training?: boolean;
}

/** A head: the logits on X(0,level). */
export interface Head {
  readonly level: number;
  /** The logits, [N,H,W,classes]. */
  readonly logits: Tensor;
}

/** A recorded network: symbols only, no numbers. */
export interface Network {
  readonly graph: Graph;
  /** The images, [N,H,W,inChannels]. */
  readonly input: Tensor;
  /** The keys [N,4] of the op `dropout`. They are present where training drops. */
  readonly keys: Tensor | undefined;
  readonly heads: readonly Head[];
  /** What the nodes compute: X(i,j) is `nodes[i][j]`, [N,H/2^i,W/2^i,filters[i]]. Those that no head needs are among them. */
  readonly nodes: readonly (readonly Tensor[])[];
  /** The parameters that the heads need, by leaf, in recorded order. */
  readonly parameters: ReadonlyMap<Tensor, Parameter>;
  /** What training makes of the running statistics of batch norm. */
  readonly updates: readonly StatisticUpdate[];
}

/**
 * Records the network with the heads of `config`. All nodes are recorded; those that no head needs are dead and cost
 * nothing, so that a plain U-Net of depth d is 'original' with the head on X(0,d) alone.
 * @throws InputError for a size that cannot be halved depth times
 */
export function recordNetwork(config: ModelConfig, options: NetworkOptions): Network {
  const { batch, height, width, training = false } = options;
  const depth = depthOf(config);
  checkSize(config, width, height);
  const graph = new Graph();
  const input = graph.input('image', [batch, height, width, config.inChannels]);
  const keys = training && config.dropout > 0 ? graph.input('dropoutKeys', [batch, 4]) : undefined;
  const layers = new Layers(graph, config, training, keys);

  // Diagonal by diagonal, i + j = d: each ends with the head of depth d, and what a deeper one adds comes after it.
  const X: Tensor[][] = [];
  for (let d = 0; d <= depth; d++) {
    const x = d === 0 ? input : maxPool2d(X[d - 1]![0]!);
    X[d] = [layers.H(`conv${d}_0`, [x], config.filters[d]!)];
    for (let j = 1; j <= d; j++) {
      const i = d - j;
      const up = layers.U(`up${i}_${j}`, X[i + 1]![j - 1]!, config.filters[i]!);
      X[i]![j] = layers.H(`conv${i}_${j}`, [...skipsOf(config.skips, X[i]!), up], config.filters[i]!);
    }
  }
  const heads = levelsOf(config).map((level) => ({
    level,
    logits: layers.head(headName(config, level), X[0]![level]!),
  }));

  const live = new Set(liveNodes(heads.map((head) => head.logits)));
  // In training, live nodes take batch statistics, and the running ones live through their updates alone.
  const updates = layers.updates.filter(({ value }) => live.has(value.node.inputs[1]!.node));
  for (const { statistic } of updates) live.add(statistic.node);
  const parameters = new Map([...layers.parameters].filter(([leaf]) => live.has(leaf.node)));
  return { graph, input, keys, heads, nodes: X, parameters, updates };
}

/**
 * Records the network for one square image, padded to a size that can be halved depth times. Its parameters are the
 * same at every size, so that by default it is the smallest.
 * @param size the height and width of the image in pixels
 */
export function recordSquare(config: ModelConfig, size = 1): Network {
  const side = roundUp(size, 2 ** depthOf(config));
  return recordNetwork(config, { batch: 1, height: side, width: side });
}

/** The nodes X(i,j) that the heads of these levels need, as [i, j], row by row. */
export function nodesFor(
  { heads, nodes }: Pick<Network, 'heads' | 'nodes'>,
  levels: readonly number[],
): (readonly [number, number])[] {
  const live = new Set(liveNodes(heads.filter(({ level }) => levels.includes(level)).map(({ logits }) => logits)));
  return nodes.flatMap((row, i) => row.flatMap(({ node }, j) => (live.has(node) ? [[i, j] as const] : [])));
}

/** The module name of a head. */
export function headName(config: ModelConfig, level: number): string {
  return config.deepSupervision ? `final${level}` : 'final';
}

/**
 * Checks that a size can be halved depth times.
 * @param what it is the size of, for the error
 * @throws InputError that names the nearest sizes that can
 */
export function checkSize(config: ModelConfig, width: number, height: number, what = 'size'): void {
  const multiple = 2 ** depthOf(config);
  const wrong = [width, height].find((size) => !(Number.isInteger(size) && size > 0 && size % multiple === 0));
  if (wrong === undefined) return;
  const below = Math.floor(wrong / multiple) * multiple;
  const advice = below > 0 ? `use ${below} or ${below + multiple}` : `use ${multiple} or more`;
  throw new InputError(
    `${what} ${width}x${height}: a network of depth ${depthOf(config)} needs a multiple of ${multiple}; ${advice}`,
  );
}
