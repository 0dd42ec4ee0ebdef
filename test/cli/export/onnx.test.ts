/** `unetpp export --format onnx` and `unetpp import-onnx`: out, and back again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { decodeOnnx } from '../../../src/formats/onnx/decode.js';
import { createModel, loadModel, type ModelConfig } from '../../../src/index.js';
import { disc, json, listing, put, refused, suiteInFolder, unetppAlone } from '../../support/cli/cli.js';

const test = suiteInFolder('cli export onnx');
const FILE = 'model.safetensors';
const exported = (...more: string[]) => ['export', '--model', FILE, '--format', 'onnx', '--out', 'net.onnx', ...more];
const imported = (file = 'net.onnx') => ['import-onnx', '--weights', file, '--out', 'back.safetensors'];

async function putModel(dir: string, config: Partial<ModelConfig> = {}): Promise<void> {
  await createModel({ filters: [3, 5, 7], ...config }, { seed: 5 }).save(join(dir, FILE));
}

const graphOf = (dir: string) => decodeOnnx(readFileSync(join(dir, 'net.onnx')), 'net.onnx').graph;

test('the file takes any size, and is the model', async ({ dir }) => {
  await putModel(dir, { norm: 'batch', classes: 3 });
  const result = json(dir, exported());
  const bytes = readFileSync(join(dir, 'net.onnx')).length;
  assert.equal(result.files, [{ path: 'net.onnx', bytes }]);
  assert.ok((result.maxDifference as number) < 1e-6);
  assert.equal(result.image, { width: 64, height: 64 });
  assert.equal(result.remarks, ['takes images whose width and height are multiples of 4, values normalised by range']);
  assert.equal(graphOf(dir).inputs, [{ name: 'image', shape: ['batch', 1, 'height', 'width'] }]);

  const back = json(dir, imported());
  assert.equal(Object.keys(back), ['parameters', 'config']);
  const { config } = await loadModel(join(dir, 'back.safetensors'));
  assert.equal(back.config, config);
  assert.equal([config.norm, config.classes, config.filters], ['none', 3, [3, 5, 7]]);
  put(dir, 'scan.png', disc(29, 18));
  json(dir, ['predict', '--model', 'back.safetensors', '--input', 'scan.png', '--out', 'out']);
  assert.equal(listing(join(dir, 'out')), ['scan-overlay.png', 'scan.png']);
});

test('one head, a size, preprocessing; people are told', async ({ dir }) => {
  await putModel(dir);
  const { code, stdout, stderr } = unetppAlone(dir, exported('--mode', 'L1', '--size', '30x17', '--preprocessing'));
  assert.equal([code, stderr], [0, '']);
  assert.match(
    stdout,
    /^net\.onnx {2}[\d,]+ bytes\nlargest difference from the model on a test image of 30x17: 0\.0\ntakes images of 30x17, pixel values as they are\n$/,
  );
  const { inputs, nodes } = graphOf(dir);
  assert.equal(inputs, [{ name: 'image', shape: ['batch', 1, 17, 30] }]);
  assert.equal([nodes[0]!.operator, nodes[1]!.operator, nodes.at(-1)!.operator], ['Div', 'Pad', 'Slice']);
  const again = unetppAlone(dir, imported());
  assert.match(
    again.stdout,
    /^UNet\+\+ \(dense skips\), filters 3,5, 1 head, .* 800 parameters, written to back\.safetensors\n$/,
  );
  // Its own file is replaced, and no other.
  json(dir, exported());
  put(dir, 'net.onnx', 'else');
  refused(
    dir,
    exported(),
    'net.onnx: exists, and is not an ONNX file that unetpp wrote; give another name, or replace it with --force',
  );
});

test('what cannot be exported or imported is refused, and no file is written', async ({ dir }) => {
  const model = createModel({ filters: [3, 5, 7] }, { seed: 5 });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'percentile' } });
  await model.save(join(dir, FILE));
  refused(
    dir,
    exported('--preprocessing'),
    'preprocessing: an ONNX file normalises images by range or zscore, this model by percentile; leave preprocessing out, and give the file images that are normalised already',
  );
  refused(dir, exported('--weights', 'f16'), '--weights: --format onnx does not take it; it belongs to edge, c');
  refused(
    dir,
    ['export', '--model', FILE, '--format', 'torch', '--out', 'out', '--preprocessing'],
    '--preprocessing: --format torch does not take it; it belongs to onnx',
  );
  const give = 'expected an ONNX file; give one that ends in .onnx';
  put(dir, 'net.onnx', 'text of a person');
  refused(dir, imported(), `net.onnx: starts with "text of a pe", ${give}`);
  put(dir, 'scan.png', disc(9, 9));
  refused(dir, imported('scan.png'), `scan.png: is a PNG image, ${give}`);
  put(dir, 'net.onnx', Uint8Array.of(16, 2, 0, 0, 0, 0, 0, 0, 123));
  refused(dir, imported(), `net.onnx: starts with bytes 10 02 00 00 00 00 00 00, ${give}`);
  put(dir, 'net.onnx', '');
  refused(dir, imported(), 'net.onnx: the file is empty; restore it from a copy');
  json(dir, [...exported(), '--force']);
  const whole = readFileSync(join(dir, 'net.onnx'));
  put(dir, 'net.onnx', whole.subarray(0, 5000));
  const left = `field 7 takes ${whole.length - 17} bytes, 4987 are left`;
  refused(dir, imported(), `net.onnx: damaged: at byte 10: ${left}; restore the file from a copy, or export it again`);
});

test.run();
