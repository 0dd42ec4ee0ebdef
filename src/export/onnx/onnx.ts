/**
 * A network as an ONNX file, read off the graph that inference records: NCHW, with PyTorch's names and layouts of the
 * weights. Only what the wanted outputs need is in the file.
 */
import { checkCount } from '../../base/checks.js';
import { encodeOnnx, type OnnxValue } from '../../formats/onnx/onnx-file.js';
import type { Size } from '../../image/frame.js';
import { paddedFrame } from '../../image/pad.js';
import { deepestLevel, recordInference } from '../../infer/inference.js';
import type { Model } from '../../model/model.js';
import { exportTensors } from '../../model/torch.js';
import { levelName, type Mode, outputOf, parseMode } from '../../network/mode.js';
import { OnnxBuilder } from './onnx-builder.js';
import { translate } from './onnx-ops.js';
import { IMAGE, isCropped, type Surroundings, writeCrop, writeInput } from './surroundings.js';

export interface OnnxOptions {
  /**
   * What the file computes: the probabilities of a mode (one output, `probabilities`), or the logits of every head
   * (`logits_L1`, `logits_L2`, …). Default: 'accurate', the mean of the heads.
   */
  readonly output?: Mode | 'logits';
  /**
   * The size of the images, any. Images are padded within the file where 2^level of the deepest head does not divide it.
   * Default: the file leaves it open, and height and width must be such multiples. Group norm in OpenCV needs a size.
   */
  readonly size?: Size | undefined;
  /** The number of images that the file takes at once. Default: the file leaves it open. */
  readonly batch?: number | undefined;
  /**
   * Whether the file normalises images as the model does: for 'range' it takes the numbers of 8-bit images, as floats,
   * and for 'zscore' numbers of any range. Default: false, it takes values as the network reads them.
   */
  readonly preprocessing?: boolean | undefined;
}

/**
 * The bytes of an ONNX file of operator set 13. Its input `image` is float32 [batch,channels,height,width]; its outputs
 * are [batch,classes,height,width]. Batch norm is a part of the convolutions.
 * @throws InputError for a mode that the model does not have, or a preprocessing that ONNX has no operators for
 */
export async function exportOnnx(model: Model, options: OnnxOptions = {}): Promise<Uint8Array> {
  const { output = 'accurate', size, batch, preprocessing = false } = options;
  const { config, card } = model;
  for (const [name, value] of Object.entries({ batch, ...size })) {
    if (value !== undefined) checkCount(value, `exportOnnx: ${name}`);
  }
  const wanted = output === 'logits' ? output : [outputOf(parseMode(output, config), config)];
  const multiple = 2 ** deepestLevel(config, wanted);
  const normalisation = preprocessing ? card.preprocessing.normalisation : undefined;
  const around: Surroundings = { normalisation, size, multiple };
  const seen = size ? paddedFrame(size, multiple) : { width: multiple, height: multiple };
  const { network, outputs } = recordInference(config, wanted, { batch: batch ?? 1, ...seen });

  const onnx = new OnnxBuilder({
    weights: new Map(await exportTensors(model.parameters)),
    isFixed: size !== undefined,
  });
  onnx.call(network.input, writeInput(onnx, around));
  const names =
    output === 'logits' ? network.heads.map(({ level }) => `logits_${levelName(level)}`) : ['probabilities'];
  for (const [k, name] of names.entries()) onnx.call(outputs[k]!, isCropped(around) ? `${name}/padded` : name);
  translate(outputs, onnx);
  if (isCropped(around)) for (const name of names) writeCrop(onnx, `${name}/padded`, name, around);

  const value = (name: string, channels: number): OnnxValue => {
    return { name, shape: [batch ?? 'batch', channels, size?.height ?? 'height', size?.width ?? 'width'] };
  };
  const { nodes, initializers } = onnx;
  return encodeOnnx({
    nodes,
    initializers,
    inputs: [value(IMAGE, config.inChannels)],
    outputs: names.map((name) => value(name, config.classes)),
  });
}
