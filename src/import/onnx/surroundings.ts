/**
 * What a file does around the network: nothing, or what `exportOnnx` writes there. It is recognised by writing it anew
 * and comparing the two, so that there is one description of it.
 */
import { deepEqual } from '../../base/deep-equal.js';
import { OnnxBuilder } from '../../export/onnx/onnx-builder.js';
import {
  fileNormalisations,
  isCropped,
  type Surroundings,
  writeCrop,
  writeInput,
} from '../../export/onnx/surroundings.js';
import type { OnnxNode } from '../../formats/onnx/onnx-file.js';
import type { Normalisation } from '../../image/normalise.js';
import type { FoundOutputs } from './heads.js';
import type { Triangle } from './triangle.js';
import type { OnnxWalk } from './walk.js';

/**
 * Checks what comes before and after a network of this depth.
 * @returns how the file normalises images; undefined where it takes them normalised
 * @throws InputError that names a node that is neither of the network nor of what `exportOnnx` writes around it
 */
export function normalisationOf(
  walk: OnnxWalk,
  { input }: Triangle,
  { crops }: FoundOutputs,
  depth: number,
): Normalisation | undefined {
  const { inputs } = walk.graph;
  const [image] = inputs;
  if (!image || inputs.length > 1)
    throw walk.refusal(`the graph has ${inputs.length} inputs, expected the images alone`);
  const [, , height, width] = image.shape;
  const size = typeof height === 'number' && typeof width === 'number' ? { width, height } : undefined;
  const around: Surroundings = { size, multiple: 2 ** depth };
  for (const crop of crops) checkCrop(walk, crop, around);
  for (const normalisation of [undefined, ...fileNormalisations]) {
    const onnx = new OnnxBuilder();
    const written = writeInput(onnx, { ...around, normalisation });
    if (isWritten(walk, input.value, { onnx, name: written, leaf: image.name })) return normalisation;
  }
  const first = walk.producer(input.value);
  const images = size ? `images of ${size.width}x${size.height}` : 'the images';
  if (!first)
    throw walk.misfit(input.reader, `reads ${images} as they are, expected them padded to multiples of ${2 ** depth}`);
  throw walk.misfit(
    first,
    `stands before the network, expected ${images} as they are or what unetpp export writes there`,
  );
}

function checkCrop(walk: OnnxWalk, crop: OnnxNode | undefined, around: Surroundings): void {
  if (!crop && !isCropped(around)) return;
  const { width, height } = around.size ?? {};
  if (!crop) {
    throw walk.refusal(
      `its images of ${width}x${height} are no multiples of ${around.multiple}, but no Slice crops its outputs`,
    );
  }
  const onnx = new OnnxBuilder();
  if (isCropped(around)) writeCrop(onnx, 'answer', 'output', around);
  const isRight = isCropped(around) && isWritten(walk, crop.outputs[0]!, { onnx, name: 'output', leaf: 'answer' });
  if (!isRight) throw walk.misfit(crop, `cuts something else out of the answer than images of ${width}x${height}`);
}

/** Something that was written anew: its name among the nodes, and what stands for any value that the file has there. */
interface Written {
  readonly onnx: OnnxBuilder;
  readonly name: string;
  /** The name of an input, which the file calls the same. */
  readonly leaf: string;
}

/** Whether a value of the file is computed as what was written is. */
function isWritten(walk: OnnxWalk, value: string, { onnx, name, leaf }: Written): boolean {
  const constant = onnx.initializers.get(name);
  if (constant) {
    const found = walk.constant(value);
    return (
      found?.dtype === constant.dtype && deepEqual(found.shape, constant.shape) && deepEqual(found.data, constant.data)
    );
  }
  const expected = onnx.nodes.find(({ outputs }) => outputs[0] === name);
  if (!expected) return name === 'answer' || walk.resolve(value) === leaf;
  const node = walk.producer(value);
  return (
    node?.operator === expected.operator &&
    node.inputs.length === expected.inputs.length &&
    deepEqual([...node.attributes], [...expected.attributes]) &&
    expected.inputs.every((input, k) => isWritten(walk, node.inputs[k]!, { onnx, name: input, leaf }))
  );
}
