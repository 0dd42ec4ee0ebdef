/** The configuration and the parameters of a network, of what was found in a file. */
import { invariant } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { StoredTensor } from '../../formats/safetensors.js';
import { formatShape, sameShape } from '../../graph/shape.js';
import { torchShape } from '../../model/layout.js';
import { type ModelConfig, type Norm, parseConfig, type Skips, skipPatterns } from '../../network/config.js';
import { groupsOf, NORM_NAMES } from '../../network/layers.js';
import { headName, type Network } from '../../network/network.js';
import type { FoundHead } from './heads.js';
import { convolutionOf } from './layers.js';
import type { Bound, Tensors } from './tensors.js';
import type { Block } from './triangle.js';
import type { OnnxWalk } from './walk.js';

/** The weights of a 3x3 convolution for one input and one output channel. */
const TAPS = 9;

/** A head and the node X(0,j) that it reads. */
export interface PlacedHead extends FoundHead {
  readonly block: Block;
}

/**
 * The configuration of the network that these nodes and heads are.
 * @throws InputError that names the first node that is of another network than those before it
 */
export function configOf(walk: OnnxWalk, blocks: readonly Block[], heads: readonly PlacedHead[]): ModelConfig {
  const depth = Math.max(...heads.map(({ block }) => block.j));
  checkPlaces(walk, heads, depth);
  const filters = Array.from(
    { length: depth + 1 },
    (_, i) => blocks.find((block) => block.i === i && block.j === 0)!.channels,
  );
  const first = blocks.find(({ i, j }) => i === 0 && j === 0)!;
  return parseConfig(
    {
      filters,
      inChannels: first.units[0].convolution.tensors.weight.tensor.shape[1],
      classes: classesOf(walk, heads),
      skips: skipsOf(walk, blocks),
      deepSupervision: heads.length > 1,
      norm: normOf(walk, blocks),
      upsample: upsampleOf(walk, blocks),
    },
    walk.file,
  );
}

/** Checks that heads are on X(0,1) to X(0,depth), or one alone on X(0,depth). */
function checkPlaces(walk: OnnxWalk, heads: readonly PlacedHead[], depth: number): void {
  const levels = new Map<number, PlacedHead>();
  for (const head of heads) {
    const { i, j } = head.block;
    if (i !== 0 || j === 0)
      throw walk.misfit(head.convolution, `is a head on X(${i},${j}), expected one on X(0,1), X(0,2), …`);
    if (levels.has(j)) throw walk.misfit(head.convolution, `is a second head on X(0,${j})`);
    levels.set(j, head);
  }
  if (heads.length === 1 || heads.length === depth) return;
  const found = [...levels.keys()].sort((a, b) => a - b).map((j) => `X(0,${j})`);
  throw walk.refusal(
    `has heads on ${found.join(', ')}, expected one on each of X(0,1) to X(0,${depth}), or one in all`,
  );
}

function classesOf(walk: OnnxWalk, heads: readonly PlacedHead[]): number {
  const counts = heads.map(({ convolution, activation }) => {
    const classes = convolutionOf(walk, convolution, 1).tensors.bias.tensor.shape[0]!;
    const expected = classes === 1 ? 'Sigmoid' : 'Softmax';
    if (!activation || activation.operator === expected) return classes;
    throw walk.misfit(activation, `follows a head of ${classes} channels, expected ${expected}`);
  });
  const other = counts.findIndex((count) => count !== counts[0]);
  if (other < 0) return counts[0]!;
  throw walk.misfit(
    heads[other]!.convolution,
    `is a head of ${counts[other]} channels, expected ${counts[0]} as the others`,
  );
}

/** The j of the nodes X(i,0) .. X(i,j-1) that X(i,j) reads. */
const READS: { readonly [K in Skips]: (j: number) => number[] } = {
  dense: (j) => Array.from({ length: j }, (_, k) => k),
  adjacent: (j) => [j - 1],
  original: () => [0],
};

function skipsOf(walk: OnnxWalk, blocks: readonly Block[]): Skips {
  let fitting: readonly Skips[] = skipPatterns;
  for (const { i, j, skips, units } of blocks) {
    if (j === 0) continue;
    const read = skips.map(({ block }) => block.j);
    const still = fitting.filter((pattern) => show(READS[pattern](j)) === show(read));
    if (still.length === 0) {
      const expected = fitting.map((pattern) => `${READS[pattern](j).map((k) => `X(${i},${k})`)} (${pattern})`);
      const names = read.map((k) => `X(${i},${k})`).join(',') || 'nothing';
      const { node } = units[0].convolution;
      throw walk.misfit(
        node,
        `begins X(${i},${j}), which reads ${names} of its level, expected ${expected.join(' or ')}`,
      );
    }
    fitting = still;
  }
  return fitting[0]!;
}

/** Group norm of narrow layers stands in a file as instance norm, which it is there. */
function normOf(walk: OnnxWalk, blocks: readonly Block[]): Norm {
  const units = blocks.flatMap((block) => block.units);
  const isGroup = units.some(({ norm }) => norm?.kind === 'group');
  const norms = units.map(({ norm }): Norm => {
    if (!norm) return 'none';
    const channels = norm.tensors.weight!.tensor.shape[0]!;
    if (norm.kind === 'instance') return isGroup && groupsOf(channels) === channels ? 'group' : 'instance';
    if (norm.kind === 'group' && norm.groups !== groupsOf(channels)) {
      throw walk.misfit(
        norm.node,
        `normalises ${norm.groups} groups of ${channels} channels, expected ${groupsOf(channels)}`,
      );
    }
    return norm.kind;
  });
  const other = norms.findIndex((norm) => norm !== norms[0]);
  if (other < 0) return norms[0]!;
  throw walk.misfit(
    units[other]!.convolution.node,
    `is followed by norm ${norms[other]}, expected ${norms[0]} as before`,
  );
}

function upsampleOf(walk: OnnxWalk, blocks: readonly Block[]): ModelConfig['upsample'] {
  const ups = blocks.flatMap(({ below }) => (below ? [below.up] : []));
  const { upsample } = ups[0]!;
  const other = ups.find((up) => up.upsample !== upsample);
  if (!other) return upsample;
  throw walk.misfit(other.node, `upsamples by ${other.upsample}, expected ${upsample} as before`);
}

/**
 * The values of the parameters by PyTorch's names.
 * @throws InputError that names the node whose weights have another shape than the network's
 */
export function tensorsOf(
  walk: OnnxWalk,
  network: Network,
  config: ModelConfig,
  { blocks, heads }: { readonly blocks: readonly Block[]; readonly heads: readonly PlacedHead[] },
): ReadonlyMap<string, StoredTensor> {
  const bound = new Map<string, Bound>();
  const bind = (module: string, tensors: Tensors = {}) => {
    for (const [name, tensor] of Object.entries(tensors)) bound.set(`${module}.${name}`, tensor);
  };
  for (const { i, j, units, below } of blocks) {
    for (const [k, { convolution, norm }] of units.entries()) {
      bind(`conv${i}_${j}.conv${k + 1}`, convolution.tensors);
      if (config.norm !== 'none') bind(`conv${i}_${j}.${NORM_NAMES[config.norm]}${k + 1}`, norm!.tensors);
    }
    bind(`up${i}_${j}`, below?.up.tensors);
  }
  for (const { convolution, block } of heads) {
    bind(headName(config, block.j), convolutionOf(walk, convolution, 1).tensors);
  }
  for (const { name, kind, shape } of network.parameters.values()) {
    const found = bound.get(name);
    invariant(found, `import of ONNX: ${name} was not found`);
    const { tensor, node } = found;
    const expected = torchShape(kind, shape);
    if (sameShape(tensor.shape, expected)) continue;
    throw walk.misfit(node, `is ${name} with shape ${formatShape(tensor.shape)}, expected ${formatShape(expected)}`);
  }
  const tensors = new Map([...bound].map(([name, { tensor }]) => [name, tensor]));
  for (const block of blocks) {
    const name = `conv${block.i}_${block.j}.conv1.weight`;
    tensors.set(name, inOurOrder(tensors.get(name)!, block));
  }
  return tensors;
}

/** The weights of the convolution that reads a concatenation, its inputs in our order: X(i,0), X(i,1), …, upsampled. */
function inOurOrder(weights: StoredTensor, { skips, below }: Block): StoredTensor {
  if (!below) return weights;
  const { up } = below;
  const ours = [
    ...skips.map(({ block, position }) => ({ channels: block.channels, position })),
    { channels: up.tensors?.bias.tensor.shape[0] ?? below.block.channels, position: below.position },
  ];
  if (ours.every(({ position }, k) => position === k)) return weights;
  const [outChannels, inChannels] = weights.shape as [number, number];
  const data = weights.data.slice();
  let to = 0;
  for (let o = 0; o < outChannels; o++) {
    for (const { channels, position } of ours) {
      const before = ours.filter((part) => part.position < position).reduce((sum, part) => sum + part.channels, 0);
      const from = (o * inChannels + before) * TAPS;
      const part = weights.data.subarray(from, from + channels * TAPS);
      data.set(part as never, to);
      to += part.length;
    }
  }
  return { ...weights, data } as StoredTensor;
}
