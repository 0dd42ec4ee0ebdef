/**
 * A network as an ONNX file, read off the graph that inference records: NCHW, with PyTorch's names and layouts of the
 * weights. Only what the wanted outputs need is in the file.
 */

import { checkCount } from '../../base/checks.js';
import { encodeOnnx, type OnnxGraph, type OnnxValue } from '../../formats/onnx/onnx-file.js';
import type { StoredTensor } from '../../formats/safetensors.js';
import { leafOf, liveNodes, type Tensor } from '../../graph/graph.js';
import { recordInference } from '../../infer/inference.js';
import type { Model } from '../../model/model.js';
import { exportTensors } from '../../model/torch.js';
import { levelName, type Mode, outputOf, parseMode } from '../../network/mode.js';
import { OnnxBuilder } from './onnx-builder.js';
import { translate } from './onnx-ops.js';

export interface OnnxOptions {
  /**
   * What the file computes: the probabilities of a mode (one output, `probabilities`), or the logits of every head
   * (`logits_L1`, `logits_L2`, …). Default: 'accurate', the mean of the heads.
   */
  readonly output?: Mode | 'logits';
  /** The number of images that the file takes at once. Default: 1. */
  readonly batch?: number;
  /** The height of the images; it must be a multiple of 2^level of the deepest head that the file computes. */
  readonly height: number;
  /** The width of the images; the same holds as for the height. */
  readonly width: number;
}

/** A tensor of the graph, and what the file calls it. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * The bytes of an ONNX file for images of one size. Its input `image` is [batch,channels,height,width], with values as
 * the network reads them, that is, after the model's preprocessing; its outputs are [batch,classes,height,width].
 * @throws InputError for a mode that the model does not have, or a size that it cannot take
 */
export async function exportOnnx(model: Model, options: OnnxOptions): Promise<Uint8Array> {
  const { output = 'accurate', batch = 1, height, width } = options;
  for (const [name, value] of Object.entries({ batch, height, width })) checkCount(value, `exportOnnx: ${name}`);
  const wanted = output === 'logits' ? output : [outputOf(parseMode(output, model.config), model.config)];
  const { network, outputs } = recordInference(model.config, wanted, { batch, height, width });
  const levels = network.heads.map((head) => levelName(head.level));
  const named = outputs.map((tensor, k) => {
    return { name: output === 'logits' ? `logits_${levels[k]!}` : 'probabilities', tensor };
  });
  const weights = new Map(await exportTensors(model.parameters));
  return encodeOnnx(onnxGraph([{ name: 'image', tensor: network.input }], named, weights));
}

/**
 * Translates the part of a graph that `outputs` need.
 * @param weights the values of its parameters, by name, in PyTorch's layouts
 * @throws InputError for an op that has no translation, by name
 */
export function onnxGraph(
  inputs: readonly NamedTensor[],
  outputs: readonly NamedTensor[],
  weights: ReadonlyMap<string, StoredTensor>,
): OnnxGraph {
  const names = new Map([...inputs, ...outputs].map(({ name, tensor }) => [tensor, name]));
  const builder = new OnnxBuilder(names, weights);
  for (const node of liveNodes(outputs.map(({ tensor }) => tensor))) {
    if (!leafOf(node.outputs[0]!)) translate(node, builder);
  }
  const { nodes, initializers } = builder;
  return { nodes, initializers, inputs: inputs.map(toNchw), outputs: outputs.map(toNchw) };
}

function toNchw({ name, tensor }: NamedTensor): OnnxValue {
  const [batch, height, width, channels] = tensor.shape as [number, number, number, number];
  return { name, shape: [batch, channels, height, width] };
}
