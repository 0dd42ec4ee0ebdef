/**
 * Packages read again, by the rules of BioImage.IO that its JSON schema cannot hold: files that are there and have their
 * digest, references that lead somewhere, test tensors of sizes that the axes allow.
 */
import { InputError } from '../../base/errors.js';
import { type Form, form, listOf, number, object, optional, requireForm, text } from '../../base/form.js';
import { sha256 } from '../../base/sha256.js';
import { show } from '../../base/show.js';
import { decodeNpyArray, type NpyArray } from '../../formats/npy.js';
import { decodeOnnx } from '../../formats/onnx/decode.js';
import { readYaml } from '../../formats/yaml.js';
import { readZip } from '../../formats/zip.js';
import {
  type Axis,
  type FileEntry,
  FORMAT_VERSION,
  type InputSize,
  type ModelDescription,
  type SizeReference,
  type Step,
  type TensorEntry,
} from './description.js';
import { isChannelName, MODEL_NAME } from './names.js';
import { DESCRIPTION } from './package.js';
import { isStep } from './steps.js';

/** A package whose parts fit together. */
export interface Package {
  readonly description: ModelDescription;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The test tensors, [batch,channel,y,x]. */
  readonly input: NpyArray;
  readonly output: NpyArray;
}

/**
 * Reads a package.
 * @throws InputError that names the package and the first rule that it breaks
 */
export async function readPackage(bytes: Uint8Array, name: string): Promise<Package> {
  const files = readZip(bytes, name);
  const text = files.get(DESCRIPTION);
  if (!text) throw new InputError(`${name}: no ${DESCRIPTION} in it; export it again`);
  const place = `${name}: ${DESCRIPTION}`;
  const parsed = readYaml(new TextDecoder().decode(text), place);
  requireForm(parsed, FORM, place, ADVICE);
  const description = parsed as unknown as ModelDescription;
  for await (const fault of faults(description, files)) throw new InputError(`${place}: ${fault}; ${ADVICE}`);
  const tensorOf = ({ test_tensor: { source } }: TensorEntry) => decodeNpyArray(files.get(source)!, source);
  return { description, files, input: tensorOf(description.inputs[0]!), output: tensorOf(description.outputs[0]!) };
}

const ADVICE = 'correct it, or export the model again';

/** Packages of one input and one output, which is what can be read here and what most programs take. */
const one =
  (item: Form): Form =>
  (value, field) =>
    listOf(item)(value, field) ??
    form('a list of one', (list) => Array.isArray(list) && list.length === 1)(value, field);
const file = object({ source: text, sha256: text });
const size: Form = (value, field) => {
  if (typeof value !== 'object' || value === null) return optional(number)(value, field);
  return object('min' in value ? { min: number, step: number } : { tensor_id: text, axis_id: text })(value, field);
};
const axis = object({
  type: text,
  id: text,
  channel_names: optional(listOf(text)),
  size,
  halo: optional(number),
});
const steps = listOf(object({ id: text, kwargs: object({}) }));
const tensor = {
  id: text,
  axes: listOf(axis),
  test_tensor: file,
  sample_tensor: optional(file),
  data: object({ type: text }),
};
const FORM = object({
  format_version: form(FORMAT_VERSION, (version) => version === FORMAT_VERSION),
  type: form('model', (type) => type === 'model'),
  name: text,
  documentation: text,
  covers: listOf(text),
  inputs: one(object({ ...tensor, preprocessing: steps })),
  outputs: one(object({ ...tensor, postprocessing: steps })),
  weights: object({ onnx: file }),
});

/** What is wrong with a description, or with the files that it names. */
async function* faults(
  description: ModelDescription,
  files: ReadonlyMap<string, Uint8Array>,
): AsyncGenerator<string, void, void> {
  const { name, documentation, covers, weights } = description;
  if (!MODEL_NAME.test(name)) yield `name is ${show(name)}, expected 5 to 128 letters, digits, spaces and _+-()`;
  for (const [field, source] of [['documentation', documentation], ...covers.map((cover) => ['covers', cover])]) {
    if (!files.has(source!)) yield `${field}: there is no ${source} in the package`;
  }
  const readme = new TextDecoder().decode(files.get(documentation));
  if (!/^#+ .*validation/im.test(readme)) yield `documentation: ${documentation} has no section on validation`;
  yield* fileFaults('weights.onnx', weights.onnx, files);
  const [input, output] = [description.inputs[0]!, description.outputs[0]!];
  if (input.id === output.id) yield `inputs and outputs have the same id ${show(input.id)}`;
  for (const [field, each] of [
    ['inputs[0]', input],
    ['outputs[0]', output],
  ] as const) {
    yield* fileFaults(`${field}.test_tensor`, each.test_tensor, files);
    yield* fileFaults(`${field}.sample_tensor`, each.sample_tensor, files);
    yield* axesFaults(field, each);
  }
  yield* stepFaults('inputs[0].preprocessing', input.preprocessing, input);
  yield* stepFaults('outputs[0].postprocessing', output.postprocessing, output);
  const last = input.preprocessing.at(-1);
  if (last?.id !== 'ensure_dtype' || last.kwargs.dtype !== 'float32') {
    yield 'inputs[0].preprocessing does not end with ensure_dtype float32, as the weights need it';
  }
  yield* sizeFaults(input, output, files);
  yield* weightFaults(description, files);
}

async function* fileFaults(
  field: string,
  { source, sha256: digest }: FileEntry,
  files: ReadonlyMap<string, Uint8Array>,
): AsyncGenerator<string, void, void> {
  const content = files.get(source);
  if (!content) {
    yield `${field}: there is no ${source} in the package`;
    return;
  }
  const found = await sha256(content);
  if (found !== digest) yield `${field}: the SHA-256 of ${source} is ${found}, not ${digest}`;
}

function* axesFaults(field: string, { axes }: TensorEntry): Generator<string, void, void> {
  const ids = axes.map(({ id }) => id);
  if (String(ids) !== 'batch,channel,y,x') yield `${field}.axes are ${ids.join(', ')}, expected batch, channel, y, x`;
  const names = axes.flatMap(({ channel_names: all = [] }) => all);
  const wrong = names.find((name, k) => !isChannelName(name) || names.indexOf(name) !== k);
  if (names.length === 0) yield `${field}.axes[1] names no channel`;
  if (wrong !== undefined) {
    yield `${field}.axes[1].channel_names: ${show(wrong)} is there twice, or no identifier of Python`;
  }
}

function* stepFaults(field: string, list: readonly Step[], { axes }: TensorEntry): Generator<string, void, void> {
  const ids: readonly unknown[] = axes.map(({ id }) => id);
  for (const [k, step] of list.entries()) {
    if (!isStep(step)) yield `${field}[${k}]: ${show(step.id)} is no step that is known here`;
    const { axes: changed = [] } = step.kwargs;
    const stray = (changed as readonly unknown[]).find((id) => !ids.includes(id));
    if (stray !== undefined) yield `${field}[${k}].kwargs.axes: there is no axis ${show(stray)}`;
  }
}

/** Whether the test tensors have sizes that the axes allow, and halos leave something of them. */
function* sizeFaults(
  input: TensorEntry,
  output: TensorEntry,
  files: ReadonlyMap<string, Uint8Array>,
): Generator<string, void, void> {
  const shapes = new Map<TensorEntry, readonly number[]>();
  for (const each of [input, output]) {
    const { source } = each.test_tensor;
    const { shape } = decodeNpyArray(files.get(source)!, source);
    shapes.set(each, shape);
    if (shape.length !== each.axes.length)
      yield `${source} has the shape [${shape}], expected ${each.axes.length} axes`;
  }
  for (const [k, each] of input.axes.entries()) {
    const found = shapes.get(input)![k]!;
    if (!fits(found, each))
      yield `inputs[0].axes[${k}]: its test tensor has the size ${found}, expected ${allowed(each)}`;
  }
  for (const [k, each] of output.axes.entries()) {
    const field = `outputs[0].axes[${k}]`;
    const found = shapes.get(output)![k]!;
    const { size } = each;
    if (!isReference(size)) {
      if (!fits(found, each)) yield `${field}: its test tensor has the size ${found}, expected ${allowed(each)}`;
      continue;
    }
    const { tensor_id: id, axis_id: axisId } = size;
    const of = id === input.id ? input.axes.findIndex((other) => other.id === axisId) : -1;
    if (of < 0) {
      yield `${field}.size: there is no axis ${show(axisId)} of an input ${show(id)}`;
      continue;
    }
    const expected = shapes.get(input)![of]!;
    if (found !== expected) yield `${field}: its test tensor has the size ${found}, expected ${expected}`;
    const least = leastOf(input.axes[of]!.size as InputSize);
    const { halo = 0 } = each;
    if (least <= 2 * halo) yield `${field}: a halo of ${halo} leaves nothing of ${least} pixels`;
  }
}

/** Whether the ONNX file takes and gives what the description says. */
function* weightFaults(
  { inputs, outputs, weights }: ModelDescription,
  files: ReadonlyMap<string, Uint8Array>,
): Generator<string, void, void> {
  const { source } = weights.onnx;
  const { graph } = decodeOnnx(files.get(source)!, source);
  for (const [{ id, axes }, values] of [
    [inputs[0]!, graph.inputs],
    [outputs[0]!, graph.outputs],
  ] as const) {
    const [value] = values;
    if (values.length !== 1 || value!.name !== id) {
      yield `weights.onnx: ${source} has ${values.map(({ name }) => show(name)).join(', ')}, expected ${show(id)}`;
      continue;
    }
    for (const [k, axis] of axes.entries()) {
      const fixed = value!.shape[k];
      // An axis that has the size of another is fixed, or open, as that is.
      if (typeof fixed !== 'number' || isReference(axis.size)) continue;
      const wanted = axis.channel_names?.length ?? axis.size;
      if (fixed === wanted) continue;
      const expected = typeof wanted === 'number' ? wanted : 'it open';
      yield `weights.onnx: the axis ${axis.id} of ${show(id)} is fixed to ${fixed}, expected ${expected}`;
    }
  }
}

function isReference(size: Axis['size']): size is SizeReference {
  return typeof size === 'object' && 'tensor_id' in size;
}

function leastOf(size: InputSize): number {
  return typeof size === 'number' ? size : size.min;
}

function fits(found: number, { size, channel_names: names }: Axis): boolean {
  if (names) return found === names.length;
  if (size === undefined) return true;
  if (typeof size === 'number') return found === size;
  const { min, step } = size as { min: number; step: number };
  return found >= min && (found - min) % step === 0;
}

function allowed({ size, channel_names: names }: Axis): string {
  if (names) return `${names.length}`;
  if (typeof size !== 'object') return `${size}`;
  const { min, step } = size as { min: number; step: number };
  return `${min} + n * ${step}`;
}
