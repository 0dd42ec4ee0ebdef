/**
 * ONNX files as models. A network of the family is recognised by its structure, whatever its nodes and weights are
 * called: from the outputs back to the heads, from these to the nodes X(i,j), each of which knows its place by what it
 * reads. What is found is written as the configuration and the parameters of that network.
 */
import { decodeOnnx } from '../../formats/onnx/decode.js';
import { BLANK_CARD } from '../../model/card.js';
import { Model } from '../../model/model.js';
import { type ImportOptions, importParameters } from '../../model/torch.js';
import { depthOf } from '../../network/config.js';
import { recordSquare } from '../../network/network.js';
import { outputsOf } from './heads.js';
import { configOf, tensorsOf } from './network.js';
import { normalisationOf } from './surroundings.js';
import { Triangle } from './triangle.js';
import { OnnxWalk } from './walk.js';

/**
 * Makes a model of an ONNX file that a network of the family wrote: of `exportOnnx`, or of PyTorch's exporters. The model
 * has no size of its own. Where the file normalises images, the model does, too.
 * @param bytes must not change afterwards
 * @throws InputError that names the node that does not fit, or says where the file is damaged
 */
export function importOnnx(bytes: Uint8Array, { backend, file }: ImportOptions): Model {
  const walk = new OnnxWalk(decodeOnnx(bytes, file).graph, file);
  const outputs = outputsOf(walk);
  const triangle = new Triangle(walk);
  const heads = outputs.heads.map((head) => ({ ...head, block: triangle.blockBefore(head.convolution, 0) }));
  const config = configOf(walk, triangle.blocks, heads);
  const normalisation = normalisationOf(walk, triangle, outputs, depthOf(config));
  const network = recordSquare(config);
  const tensors = tensorsOf(walk, network, config, { blocks: triangle.blocks, heads });
  const card = normalisation ? { ...BLANK_CARD, preprocessing: { normalisation } } : BLANK_CARD;
  return new Model(config, importParameters(network, tensors, { backend, file }), card);
}
