/**
 * The network as an ONNX file, read off the recorded graph: NCHW, with PyTorch's names and layouts. Field numbers are
 * those of onnx.proto.
 */
import { leafOf, liveNodes } from '../../dist/src/graph/graph.js';
import { recordNetwork } from '../../dist/src/model/network.js';
import { exportTensors } from '../../dist/src/model/torch.js';
import { bytes, integer, message } from './protobuf.mjs';

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT = 2;
const INTS = 7;

export const INPUT = 'image';

/** The name of head k, shallowest first. */
export const headName = (k) => `head${k}`;

/** @returns {Uint8Array} the file, for images of `size` x `size` */
export function toOnnx(model, size) {
  const { heads } = recordNetwork(model.config, { batch: 1, height: size, width: size });
  const logits = heads.map((head) => head.logits);
  const names = new Map(logits.map((tensor, k) => [tensor, headName(k)]));
  const nameOf = (tensor) => names.get(tensor) ?? leafOf(tensor)?.name ?? `t${tensor.node.id}`;
  const nodes = liveNodes(logits).flatMap((node) => NODES[node.op.name](node, nameOf));
  const graph = message(
    ...nodes.map((node) => bytes(1, node)),
    bytes(2, 'unetpp'),
    ...exportTensors(model.parameters).map(([name, tensor]) => bytes(5, initializer(name, tensor))),
    bytes(11, value(INPUT, [1, model.config.inChannels, size, size])),
    ...logits.map((_, k) => bytes(12, value(headName(k), [1, model.config.classes, size, size]))),
  );
  return message(integer(1, IR_VERSION), bytes(7, graph), bytes(8, integer(2, OPSET)));
}

/** ONNX's nodes for each of our ops that inference uses. */
const NODES = {
  leaf: () => [],
  conv2d({ inputs, outputs, geometry }, nameOf) {
    const xs = inputs.slice(0, -2).map(nameOf);
    const weights = inputs.slice(-2).map(nameOf);
    const y = nameOf(outputs[0]);
    const x = xs.length > 1 ? `${y}/concatenated` : xs[0];
    const z = geometry.relu ? `${y}/convolved` : y;
    const pad = (geometry.kernel - 1) / 2;
    return [
      ...(xs.length > 1 ? [operator('Concat', xs, x, integerAttribute('axis', 1))] : []),
      operator('Conv', [x, ...weights], z, integersAttribute('pads', [pad, pad, pad, pad])),
      ...(geometry.relu ? [operator('Relu', [z], y)] : []),
    ];
  },
  convTranspose2d: ({ inputs, outputs }, nameOf) => [
    operator('ConvTranspose', inputs.map(nameOf), nameOf(outputs[0]), integersAttribute('strides', [2, 2])),
  ],
  maxPool2d: ({ inputs, outputs }, nameOf) => [
    operator(
      'MaxPool',
      inputs.map(nameOf),
      nameOf(outputs[0]),
      integersAttribute('kernel_shape', [2, 2]),
      integersAttribute('strides', [2, 2]),
    ),
  ],
};

function operator(type, inputs, output, ...attributes) {
  return message(
    ...inputs.map((name) => bytes(1, name)),
    bytes(2, output),
    bytes(4, type),
    ...attributes.map((attribute) => bytes(5, attribute)),
  );
}

function integerAttribute(name, number) {
  return message(bytes(1, name), integer(3, number), integer(20, INT));
}

function integersAttribute(name, numbers) {
  return message(bytes(1, name), ...numbers.map((number) => integer(8, number)), integer(20, INTS));
}

/** A tensor's values, little-endian. */
function initializer(name, { shape, data }) {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(...shape.map((size) => integer(1, size)), integer(2, FLOAT), bytes(8, name), bytes(9, raw));
}

function value(name, shape) {
  const dimensions = shape.map((size) => bytes(1, integer(1, size)));
  const type = message(integer(1, FLOAT), bytes(2, message(...dimensions)));
  return message(bytes(1, name), bytes(2, bytes(1, type)));
}
