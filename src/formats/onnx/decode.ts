/**
 * Reads ONNX files from an untrusted source: as much of onnx.proto as a network of convolutions is made of. What else a
 * graph may hold (graphs within nodes, sparse tensors, weights in other files) is refused by its name.
 */
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { damaged, type Field, fieldsOf, integerOf, integersOf, type Part, partOf, textOf } from '../protobuf/read.js';
import type { StoredTensor } from '../safetensors.js';
import { describeBeginning } from '../signature.js';
import { type Attribute, type OnnxGraph, type OnnxNode, type OnnxValue, OPERATOR_SET } from './onnx-file.js';
import { decodeTensor } from './tensor.js';

/** A decoded file. */
export interface OnnxFile {
  /** Who wrote it, as it says. */
  readonly producer: string;
  readonly operatorSet: number;
  readonly graph: OnnxGraph;
}

/** The first byte of every file: the field of the version, which writers put first. */
const FIRST_BYTE = 0x08;
/** More than any network of the family has: what a few bytes of a file become in memory is bounded. */
const MOST_NODES = 10_000;
const MOST_TENSORS = 10_000;
const MOST_VALUES = 1_000;
/** The most inputs, outputs and attributes of a node, and the most numbers of an attribute. */
const MOST_PARTS = 256;

/**
 * Decodes a file. Tensors that are aligned in `bytes` stay there, so that these must not change afterwards.
 * @param file the file's name, for errors
 * @throws InputError that says what was expected, what was found and where
 */
export function decodeOnnx(bytes: Uint8Array, file: string): OnnxFile {
  if (bytes[0] !== FIRST_BYTE) {
    throw new InputError(`${file}: ${describeBeginning(bytes)}, expected an ONNX file; give one that ends in .onnx`);
  }
  let producer = '';
  let operatorSet = 0;
  let graph: Part | undefined;
  for (const field of fieldsOf({ bytes, file, start: 0, end: bytes.length })) {
    if (field.number === 2) producer = textOf(field);
    if (field.number === 7) graph = partOf(field);
    if (field.number === 8) operatorSet = standardSet(partOf(field)) ?? operatorSet;
  }
  if (!graph) throw damaged({ bytes, file, start: 0, end: 0 }, bytes.length, 'the file ends without a graph');
  if (operatorSet < OPERATOR_SET) {
    throw new InputError(
      `${file}: is written with operator set ${operatorSet}, expected ${OPERATOR_SET} or newer; export it with opset_version=${OPERATOR_SET}`,
    );
  }
  return { producer, operatorSet, graph: decodeGraph(graph) };
}

/** The version of ONNX's own operators, where a part states it. */
function standardSet(part: Part): number | undefined {
  let [domain, version] = ['', 0];
  for (const field of fieldsOf(part)) {
    if (field.number === 1) domain = textOf(field);
    if (field.number === 2) version = integerOf(field);
  }
  return isStandard(domain) ? version : undefined;
}

function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function decodeGraph(part: Part): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, StoredTensor>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const field of fieldsOf(part)) {
    switch (field.number) {
      case 1:
        within(nodes.length, MOST_NODES, 'nodes', field);
        nodes.push(decodeNode(partOf(field)));
        break;
      case 5: {
        within(initializers.size, MOST_TENSORS, 'tensors', field);
        const { name, tensor } = decodeTensor(partOf(field));
        if (initializers.has(name)) throw damaged(field, field.start, `a second tensor ${show(name)}`);
        initializers.set(name, tensor);
        break;
      }
      case 11:
        within(inputs.length, MOST_TENSORS, 'inputs', field);
        inputs.push(decodeValue(partOf(field)));
        break;
      case 12:
        within(outputs.length, MOST_VALUES, 'outputs', field);
        outputs.push(decodeValue(partOf(field)));
        break;
      case 15:
        throw new InputError(
          `${field.file}: holds sparse tensors, expected plain ones; export the network without pruning of weights`,
        );
    }
  }
  // Files of old writers list constants among the inputs.
  return { nodes, initializers, inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs };
}

/** @throws InputError where one more would be too many */
function within(count: number, most: number, what: string, { file }: Part): void {
  if (count < most) return;
  throw new InputError(`${file}: has more than ${most} ${what}; networks of the UNet++ family have fewer`);
}

function decodeNode(part: Part): OnnxNode {
  let [name, operator, domain] = ['', '', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const found: Field[] = [];
  for (const field of fieldsOf(part)) {
    within(
      inputs.length + outputs.length + found.length,
      MOST_PARTS,
      'inputs, outputs and attributes at a node',
      field,
    );
    if (field.number === 1) inputs.push(textOf(field));
    if (field.number === 2) outputs.push(textOf(field));
    if (field.number === 3) name = textOf(field);
    if (field.number === 4) operator = textOf(field);
    if (field.number === 5) found.push(field);
    if (field.number === 7) domain = textOf(field);
  }
  if (!isStandard(domain)) operator = `${domain}::${operator}`;
  const attributes = new Map(found.map((field) => decodeAttribute(partOf(field), { name, operator, outputs })));
  return { name, operator, inputs, outputs, attributes };
}

/** AttributeProto.AttributeType, by the numbers of the types that are read. */
const TYPES: { readonly [type: number]: 'float' | 'integer' | 'text' | 'tensor' | 'floats' | 'integers' } = {
  1: 'float',
  2: 'integer',
  3: 'text',
  4: 'tensor',
  6: 'floats',
  7: 'integers',
};

/** Fields of the numbers 2, 3, 4, 5, 7 and 8 hold the values of these types. */
function decodeAttribute(
  part: Part,
  node: Pick<OnnxNode, 'name' | 'operator' | 'outputs'>,
): readonly [string, Attribute] {
  let name = '';
  let type = 0;
  let value: Attribute | undefined;
  const floats: number[] = [];
  const integers: number[] = [];
  for (const field of fieldsOf(part)) {
    if (field.number === 1) name = textOf(field);
    if (field.number === 20) type = integerOf(field);
    if (field.number === 2) for (const float of floatsOf(field)) value = { float };
    if (field.number === 3) value = integerOf(field);
    if (field.number === 4) value = textOf(field);
    if (field.number === 5) value = { tensor: decodeTensor(partOf(field)).tensor };
    const list = field.number === 7 ? floats : field.number === 8 ? integers : undefined;
    if (!list) continue;
    for (const number of list === floats ? floatsOf(field) : integersOf(field)) {
      within(list.length, MOST_PARTS, `numbers in attribute ${show(name)}`, field);
      list.push(number);
    }
  }
  const kind = TYPES[type];
  if (kind === 'integers') return [name, integers];
  if (kind === 'floats') return [name, { floats }];
  const fits = value !== undefined && kind === kindOf(value);
  if (fits) return [name, value!];
  const at = `node ${show(node.name || node.outputs[0])} (${node.operator})`;
  throw new InputError(
    `${part.file}: ${at}: attribute ${show(name)} is of type ${type}, expected numbers, a text or a tensor; only a network of the UNet++ family can be imported`,
  );
}

function kindOf(value: Attribute): string {
  if (typeof value === 'number') return 'integer';
  if (typeof value === 'string') return 'text';
  return 'float' in value ? 'float' : 'tensor';
}

function* floatsOf(field: Field): Generator<number> {
  const { bytes, start, end } = partOf(field);
  if ((end - start) % 4 !== 0) throw damaged(field, start, `floats of ${end - start} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = start; at < end; at += 4) yield view.getFloat32(at, true);
}

/** A size that is neither stated nor named is the text ''. */
function decodeValue(part: Part): OnnxValue {
  let name = '';
  const shape: (number | string)[] = [];
  for (const field of fieldsOf(part)) {
    if (field.number === 1) name = textOf(field);
    if (field.number !== 2) continue;
    for (const type of fieldsOf(partOf(field))) {
      if (type.number !== 1) continue;
      for (const inner of fieldsOf(partOf(type))) {
        if (inner.number !== 2) continue;
        for (const dimension of fieldsOf(partOf(inner))) {
          within(shape.length, MOST_PARTS, 'axes of a value', dimension);
          if (dimension.number === 1) shape.push(sizeOf(partOf(dimension)));
        }
      }
    }
  }
  return { name, shape };
}

function sizeOf(part: Part): number | string {
  let size: number | string = '';
  for (const field of fieldsOf(part)) {
    if (field.number === 1) size = integerOf(field);
    if (field.number === 2) size = textOf(field);
  }
  return size;
}
