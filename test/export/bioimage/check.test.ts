/** Packages whose parts do not fit together, changed one rule at a time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testImage } from '../../../src/app/export/check.js';
import { ReferenceBackend } from '../../../src/backend/reference.js';
import { sha256 } from '../../../src/base/sha256.js';
import { readPackage } from '../../../src/export/bioimage/check.js';
import { bioimagePackage } from '../../../src/export/bioimage/package.js';
import { packageSizes } from '../../../src/export/bioimage/sizes.js';
import { exportOnnx, type OnnxOptions } from '../../../src/export/onnx/onnx.js';
import { encodeNpy } from '../../../src/formats/npy.js';
import { readZip, writeZip } from '../../../src/formats/zip.js';
import { toUnitRange } from '../../../src/image/channels.js';
import { createModel } from '../../../src/model/model.js';
import type { ModelConfig } from '../../../src/network/config.js';
import { rejection } from '../../support/throws.js';

const SIZE = { width: 20, height: 22 };

async function goodFiles(): Promise<Map<string, Uint8Array>> {
  const model = createModel({ filters: [2, 2] }, { backend: new ReferenceBackend() });
  const weights = await exportOnnx(model);
  const sizes = packageSizes(model.config);
  const image = testImage(SIZE, 1);
  const [prediction] = await model.probabilities([toUnitRange(image)], 'accurate');
  const options = { file: 'model.safetensors', about: {}, sizes, image, prediction: prediction! };
  return readZip(await bioimagePackage(model, weights, options), 'a.zip');
}

const ADVICE = 'correct it, or export the model again';
const good = await goodFiles();

/** The text of the description. */
const text = new TextDecoder().decode(good.get('rdf.yaml'));

/** What is said of a package whose description is changed, and of which files are replaced, or left out. */
async function fault(
  change: readonly [from: string | RegExp, to: string],
  replaced: Readonly<Record<string, Uint8Array | undefined>> = {},
): Promise<string> {
  const changed = text.replace(...change);
  if (change[0] !== '') assert.is.not(changed, text, 'nothing was changed');
  const files = new Map<string, Uint8Array>([...good, ['rdf.yaml', new TextEncoder().encode(changed)]]);
  for (const [name, content] of Object.entries(replaced)) {
    if (content) files.set(name, content);
    else files.delete(name);
  }
  const message = await rejection(readPackage(writeZip(files), 'a.zip'));
  const [before, after] = ['a.zip: rdf.yaml: ', `; ${ADVICE}`];
  assert.ok(message.startsWith(before) && message.endsWith(after), message);
  return message.slice(before.length, -after.length);
}

const NOTHING = ['', ''] as const;

for (const [change, expected] of [
  [
    ['name: "model segmentation"', 'name: "Mole"'],
    'name is "Mole", expected 5 to 128 letters, digits, spaces and _+-()',
  ],
  [['format_version: "0.5.7"', 'format_version: "0.4.10"'], 'format_version is "0.4.10", expected 0.5.7'],
  [[/weights:\n(?: .*\n)+/, 'weights: {}\n'], 'weights.onnx is missing, expected an object'],
  [[/ {4}test_tensor:\n.*\n.*\n/, ''], 'inputs[0].test_tensor is missing, expected an object'],
  [['documentation: "README.md"', 'documentation: "NO.md"'], 'documentation: there is no NO.md in the package'],
  [['covers: ["cover.png"]', 'covers: ["cover.jpg"]'], 'covers: there is no cover.jpg in the package'],
  [['source: "weights.onnx"', 'source: "w.onnx"'], 'weights.onnx: there is no w.onnx in the package'],
  [['source: "test_output.npy"', 'source: "o.npy"'], 'outputs[0].test_tensor: there is no o.npy in the package'],
  [['id: "probabilities"', 'id: "image"'], 'inputs and outputs have the same id "image"'],
  [['tensor_id: "image"', 'tensor_id: "input"'], 'outputs[0].axes[2].size: there is no axis "y" of an input "input"'],
  [['axis_id: "x"', 'axis_id: "z"'], 'outputs[0].axes[3].size: there is no axis "z" of an input "image"'],
  [['axis_id: "x"', 'axis_id: "y"'], 'outputs[0].axes[3]: its test tensor has the size 20, expected 22'],
  [['min: 20', 'min: 21'], 'inputs[0].axes[2]: its test tensor has the size 22, expected 21 + n * 2'],
  [['min: 20', 'min: 24'], 'inputs[0].axes[2]: its test tensor has the size 22, expected 24 + n * 2'],
  [['halo: 9', 'halo: 10'], 'outputs[0].axes[2]: a halo of 10 leaves nothing of 20 pixels'],
  [['["intensity"]', '["a", "b"]'], 'inputs[0].axes[1]: its test tensor has the size 1, expected 2'],
  [
    ['["foreground"]', '["grey matter"]'],
    'outputs[0].axes[1].channel_names: "grey matter" is there twice, or no identifier of Python',
  ],
  [
    ['["foreground"]', '["class"]'],
    'outputs[0].axes[1].channel_names: "class" is there twice, or no identifier of Python',
  ],
  [
    ['["foreground"]', '["a", "a"]'],
    'outputs[0].axes[1].channel_names: "a" is there twice, or no identifier of Python',
  ],
  [
    [/ {6}- id: "ensure_dtype"\n.*\n.*"float32"\n/, ''],
    'inputs[0].preprocessing does not end with ensure_dtype float32, as the weights need it',
  ],
  [['id: "scale_linear"', 'id: "scale_up"'], 'inputs[0].preprocessing[0]: "scale_up" is no step that is known here'],
] as const) {
  test(`a description with ${change[1] || 'nothing'} for ${change[0]}`, async () => {
    assert.is(await fault(change), expected);
  });
}

test('files that are not those that are described', async () => {
  const damaged = good.get('weights.onnx')!.slice();
  damaged[100]! ^= 1;
  const [found, stated] = [await sha256(damaged), await sha256(good.get('weights.onnx')!)];
  assert.is(
    await fault(NOTHING, { 'weights.onnx': damaged }),
    `weights.onnx: the SHA-256 of weights.onnx is ${found}, not ${stated}`,
  );
  const readme = new TextEncoder().encode('# A model\n');
  assert.is(await fault(NOTHING, { 'README.md': readme }), 'documentation: README.md has no section on validation');
  const flat = encodeNpy([20, 22], new Uint8Array(440));
  const known = await sha256(good.get('test_input.npy')!);
  assert.is(
    await fault([known, await sha256(flat)], { 'test_input.npy': flat }),
    'test_input.npy has the shape [20,22], expected 4 axes',
  );
});

test('weights that take or give something else than is described', async () => {
  const digest = await sha256(good.get('weights.onnx')!);
  const other = async (config: Partial<ModelConfig>, options: OnnxOptions) => {
    const model = createModel({ filters: [2, 2], ...config }, { backend: new ReferenceBackend() });
    const weights = await exportOnnx(model, options);
    return fault([digest, await sha256(weights)], { 'weights.onnx': weights });
  };
  assert.is(await other({}, { size: SIZE }), 'weights.onnx: the axis y of "image" is fixed to 22, expected it open');
  assert.is(await other({}, { batch: 1 }), 'weights.onnx: the axis batch of "image" is fixed to 1, expected it open');
  const channels = 'weights.onnx: the axis channel of "probabilities" is fixed to 2, expected 1';
  assert.is(await other({ classes: 2 }, {}), channels);
  const logits = 'weights.onnx: weights.onnx has "logits_L1", expected "probabilities"';
  assert.is(await other({}, { output: 'logits' }), logits);
});

test('an archive without a description', async () => {
  const empty = writeZip([['README.md', new Uint8Array(0)]]);
  assert.is(await rejection(readPackage(empty, 'a.zip')), 'a.zip: no rdf.yaml in it; export it again');
});

test.run();
