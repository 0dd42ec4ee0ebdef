/** What each node X(i,j) of a network computes for an image. */
import { Scope } from '../../src/backend/scope.js';
import { toChannels } from '../../src/image/channels.js';
import { intoFrame, ownFrame } from '../../src/image/frame.js';
import type { Image } from '../../src/image/image.js';
import { normalise } from '../../src/image/normalise.js';
import { frameOf } from '../../src/image/prepare.js';
import { channelsFor, prepare } from '../../src/infer/preprocessing.js';
import type { Model } from '../../src/model/model.js';
import { depthOf, levelsOf } from '../../src/network/config.js';
import { nodesFor, recordNetwork } from '../../src/network/network.js';
import { extent } from '../../src/report/pixels.js';
import type { NodeView } from './protocol.js';

/** The longest side at which features are computed: the values of all nodes are there at once. */
const LONGEST = 256;
/** How many channels of a node are shown. */
const SHOWN = 8;

/** The values of a node, [height,width,channels]. */
export interface NodeValues extends Image<Float32Array> {
  readonly i: number;
  readonly j: number;
}

/** What each node computes that a head needs, row by row, with its strongest channels as grey maps. */
export async function featuresOf(model: Model, image: Image): Promise<NodeView[]> {
  const views: NodeView[] = [];
  for await (const values of nodeValues(model, seenBy(model, image))) {
    const { i, j, width, height, channels } = values;
    views.push({ i, j, width, height, channels, maps: strongest(values).map((channel) => mapOf(values, channel)) });
  }
  return views;
}

/**
 * Computes the nodes that a head needs, row by row; the memory for it is given back at the end.
 * @param image as the network reads it, both sides multiples of 2^depth
 */
export async function* nodeValues(
  { config, parameters, backend }: Model,
  { width, height, data }: Image<Float32Array>,
): AsyncGenerator<NodeValues, void, void> {
  const network = recordNetwork(config, { batch: 1, height, width });
  const needed = nodesFor(network, levelsOf(config)).map(([i, j]) => ({ i, j, node: network.nodes[i]![j]! }));
  const scope = new Scope(backend);
  try {
    const outputs = needed.map(({ node }) => node);
    const program = scope.compile(outputs, parameters.bind(network), { constant: true });
    program.write(network.input, data);
    program.run();
    const values = outputs.map((node) => program.read(node));
    for (const [k, { i, j, node }] of needed.entries()) {
      const [, height, width, channels] = node.shape as [number, number, number, number];
      yield { i, j, width, height, channels, data: Float32Array.from(await values[k]!) };
    }
  } finally {
    scope.free();
  }
}

/** The image as the network sees it, but no larger than `LONGEST` a side, and of a size that it can halve. */
export function seenBy({ config, card }: Model, image: Image): Image<Float32Array> {
  const { preprocessing } = card;
  const frame = frameOf(image, preprocessing);
  const multiple = 2 ** depthOf(config);
  const factor = Math.min(1, LONGEST / Math.max(frame.width, frame.height));
  const side = (length: number) => multiple * Math.max(1, Math.round((length * factor) / multiple));
  const size = { width: side(frame.width), height: side(frame.height) };
  if (size.width === frame.width && size.height === frame.height) return prepare(image, config, preprocessing);
  const values = normalise(toChannels(image, channelsFor(image, config)), preprocessing.normalisation);
  return intoFrame(values, { ...ownFrame(size), scaled: size });
}

/** The channels whose values vary the most, in that order: a channel that is alike everywhere shows nothing. */
function strongest({ channels, data }: NodeValues): number[] {
  const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
  for (const [at, value] of data.entries()) {
    sums[at % channels]! += value;
    squares[at % channels]! += value * value;
  }
  const pixels = data.length / channels;
  const variance = (c: number) => squares[c]! / pixels - (sums[c]! / pixels) ** 2;
  return Array.from(sums.keys())
    .sort((a, b) => variance(b) - variance(a) || a - b)
    .slice(0, SHOWN);
}

/** A channel in grey, from its least value, black, to its greatest. */
function mapOf({ width, height, channels, data }: NodeValues, channel: number): Image<Uint8Array> {
  const values = Float32Array.from({ length: width * height }, (_, at) => data[at * channels + channel]!);
  const [low, high] = extent(values);
  const gain = high > low ? 255 / (high - low) : 0;
  return { width, height, channels: 1, data: Uint8Array.from(values, (value) => Math.round((value - low) * gain)) };
}
