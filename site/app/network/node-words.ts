/** What nodes, heads and pruning are, in words. */
import { percent, plural } from '../../../src/base/quantities.js';
import type { ModelConfig } from '../../../src/network/config.js';
import type { Output } from '../../../src/network/mode.js';
import type { ModelView } from '../../engine/protocol.js';
import { count, listed, outputName } from '../words.js';
import { includes, type Node, skipsBefore } from './triangle.js';

/** The size of the levels, beside that of the image. */
export const SIZES = [
  'full size',
  'half size',
  'a quarter of the size',
  'an eighth of the size',
  'a sixteenth of the size',
  '1/32 of the size',
  '1/64 of the size',
];

/** The name of a node in the paper: `X(1,2)`. */
export function nodeName([i, j]: Node): string {
  return `X(${i},${j})`;
}

/** Names a node for those who do not see it: `X(1,2), 16 channels at half size, needed by L3, L4 and the mean`. */
export function nodeLabel({ config, outputs }: Pick<ModelView, 'config' | 'outputs'>, node: Node): string {
  const needing = outputs.filter(({ nodes }) => includes(nodes, node)).map(({ mode }) => withArticle(mode));
  const by = needing.length > 0 ? `needed by ${listed(needing)}` : 'needed by no head';
  return `${nodeName(node)}, ${plural(config.filters[node[0]]!, 'channel')} at ${SIZES[node[0]]}, ${by}`;
}

/** What a node computes, as the paper writes it: `X(1,2) = H([X(1,0), X(1,1), U(X(2,1))])`. */
export function formula(config: ModelConfig, node: Node): string {
  const [i, j] = node;
  if (j > 0) {
    const inputs = [...skipsBefore(config, node).map(nodeName), `U(${nodeName([i + 1, j - 1])})`];
    return `${nodeName(node)} = H([${inputs.join(', ')}])`;
  }
  return `${nodeName(node)} = ${i === 0 ? 'H(image)' : `H(D(${nodeName([i - 1, 0])}))`}`;
}

/** What a node computes, in a sentence. */
export function explanation(config: ModelConfig, node: Node): string {
  const [i, j] = node;
  const { norm, upsample } = config;
  const after = norm === 'none' ? 'ReLU' : `${norm} norm and ReLU`;
  const H = `H: two 3x3 convolutions, each followed by ${after}`;
  if (j > 0) {
    const skips = skipsBefore(config, node).map(nodeName);
    const by = upsample === 'transposed' ? 'a transposed convolution' : `${upsample} interpolation`;
    return `It sees ${listed(skips)} of its own level beside ${nodeName([i + 1, j - 1])} from below, which U brings to twice its height and width by ${by}; then ${H}.`;
  }
  if (i === 0) return `It sees the image itself; ${H}.`;
  return `It sees ${nodeName([i - 1, 0])} at half its height and width (D keeps the largest of every 2x2 values); then ${H}.`;
}

/** What pruning to an output leaves of the network: `… 0.5 million of 9.0 million parameters, 12.0% of the multiply-adds`. */
export function pruningText({ outputs }: Pick<ModelView, 'outputs'>, mode: Output): string {
  const whole = outputs.at(-1)!;
  const { parameters, macs } = outputs.find((output) => output.mode === mode)!;
  if (outputs.length === 1) {
    return `${mode} is the only head and needs all of the network, ${count(parameters)} parameters: it was built without deep supervision, so that nothing can be pruned.`;
  }
  if (mode === 'accurate') {
    return `The mean of the heads needs the whole network: ${count(parameters)} parameters, ${count(macs)} multiply-adds.`;
  }
  return `What pruning to ${mode} leaves: ${count(parameters)} of ${count(whole.parameters)} parameters, ${percent(macs / whole.macs)} of the multiply-adds.`;
}

function withArticle(mode: Output): string {
  return mode === 'accurate' ? 'the mean' : outputName(mode);
}
