/**
 * `npm run compare:onnx`: exports networks of every norm, upsampling and head as ONNX files, of open and of odd fixed
 * sizes, lets other programs compute them, and prints a table of the largest differences in probabilities. ONNX Runtime is
 * taken from bench/peers (`npm ci` there), OpenCV and onnx's checker from Python, where they are installed (Debian's
 * python3-opencv, PyPI's onnx). PYTHON names another interpreter than python3 and /usr/bin/python3.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { encodeNpy } from '../dist/src/formats/npy.js';
import { createModel, exportOnnx, Random, seedKey } from '../dist/src/index.js';
import { norms, skipPatterns, upsamplings } from '../dist/src/network/config.js';
import { modesOf } from '../dist/src/network/mode.js';

/** What counts as agreement. */
const LARGEST = 1e-5;
const FILTERS = [8, 12, 24, 32];
const OPEN = { width: 64, height: 48 };
const ODD = { width: 45, height: 38 };

const folder = mkdtempSync(join(tmpdir(), 'unetpp-onnx-'));
const cases = await exportAll();
const readers = [
  await ortReader('onnxruntime-node', 'cpu'),
  await ortReader('onnxruntime-web', 'wasm'),
  pythonReader('opencv'),
  pythonReader('checker'),
];
const columns = readers.filter(({ missing }) => missing === undefined);
const results = [];
for (const { read } of columns) results.push(await read(cases));
print();
rmSync(folder, { recursive: true });

/** A file for each network, mode and form, with an image and the model's probabilities of it, NCHW. */
async function exportAll() {
  const list = [];
  for (const [k, norm] of norms.entries()) {
    for (const [u, upsample] of upsamplings.entries()) {
      const classes = u % 2 ? 3 : 1;
      const model = networkOf({ norm, upsample, classes, skips: skipPatterns[(k + u) % 3] });
      for (const mode of modesOf(model.config).filter((name) => name !== 'fast')) {
        list.push(await caseOf(`${norm}, any size`, model, mode, OPEN, {}));
        list.push(await caseOf(`${norm}, ${ODD.width}x${ODD.height}`, model, mode, ODD, { size: ODD, batch: 1 }));
      }
    }
  }
  for (const normalisation of ['range', 'zscore']) {
    const model = networkOf({ norm: 'none', classes: 1 });
    model.adopt({ ...model.card, preprocessing: { normalisation } });
    list.push(await caseOf(`none, ${normalisation} within`, model, 'accurate', OPEN, { preprocessing: true }));
  }
  return list;
}

/** A network of random weights in which norms, biases and running statistics do something. */
function networkOf(config) {
  const model = createModel({ filters: FILTERS, inChannels: 3, ...config }, { initialisation: 'torch', seed: 1 });
  const random = new Random(seedKey(2));
  for (const { name, kind, shape } of model.parameters.list) {
    if (shape.length > 1 && !kind.startsWith('running')) continue;
    const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform(-0.1, 0.1));
    const isScale = kind === 'gamma' || kind === 'runningVariance';
    model.parameters.get(name).write(values.map((value) => (isScale ? 1 + value : value)));
  }
  model.parameters.weightsChanged();
  return model;
}

async function caseOf(row, model, mode, { width, height }, options) {
  const random = new Random(seedKey(3));
  const channels = model.config.inChannels;
  const pixels = width * height;
  const data = Uint8Array.from({ length: pixels * channels }, () => Math.floor(random.uniform(0, 256)));
  const { probs } = await model.predict({ width, height, channels, data }, { mode, tiling: 'off' });
  const file = join(folder, `${row}, ${Object.values(model.config).join(' ')}, ${mode}`);
  mkdirSync(file);
  const white = options.preprocessing ? 1 : 255;
  const image = toNchw(
    Float32Array.from(data, (value) => value / white),
    channels,
  );
  const found = {
    row,
    file,
    image,
    expected: toNchw(probs, model.config.classes),
    shape: [1, channels, height, width],
  };
  writeFileSync(join(file, 'net.onnx'), await exportOnnx(model, { output: mode, ...options }));
  writeFileSync(join(file, 'image.npy'), encodeNpy(found.shape, image));
  writeFileSync(join(file, 'expected.npy'), encodeNpy([1, model.config.classes, height, width], found.expected));
  return found;
}

function toNchw(data, channels) {
  const pixels = data.length / channels;
  return Float32Array.from(data, (_, at) => data[(at % pixels) * channels + Math.floor(at / pixels)]);
}

/** ONNX Runtime of bench/peers. */
async function ortReader(name, provider) {
  const peers = new URL('../bench/peers/package.json', import.meta.url);
  const requirePeer = createRequire(peers);
  try {
    const ort = await import(pathToFileURL(requirePeer.resolve(name)).href).then((all) => all.default ?? all);
    const { version } = JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, peers), 'utf8'));
    ort.env.wasm.numThreads = 1;
    return {
      name: `${name} ${version}`,
      async read(list) {
        const differences = [];
        for (const { file, image, expected, shape } of list) {
          const session = await ort.InferenceSession.create(readFileSync(join(file, 'net.onnx')), {
            executionProviders: [provider],
          });
          const { probabilities } = await session.run({ image: new ort.Tensor('float32', image, shape) });
          differences.push({ difference: Math.max(...expected.map((p, k) => Math.abs(p - probabilities.data[k]))) });
          await session.release();
        }
        return differences;
      },
    };
  } catch (error) {
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(error.code)) throw error;
    return { missing: `${name} is not installed: npm ci in bench/peers` };
  }
}

/** A part of compare-onnx.py, which prints its version, then a line of JSON for each file. */
function pythonReader(part) {
  const script = fileURLToPath(new URL('compare-onnx.py', import.meta.url));
  const { PYTHON } = process.env;
  const call = (python, input) => spawnSync(python, [script, part], { input, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const pythons = PYTHON ? [PYTHON] : ['python3', '/usr/bin/python3'];
  const python = pythons.find((name) => call(name, '').status === 0);
  if (!python)
    return {
      missing: `${part === 'opencv' ? 'OpenCV' : "onnx's checker"} is not installed for ${pythons.join(' or ')}`,
    };
  const { stdout } = call(python, '');
  return {
    name: stdout.trim(),
    async read(list) {
      const { stdout: lines } = call(python, list.map(({ file }) => `${file}\n`).join(''));
      return lines
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line));
    },
  };
}

/** The largest difference of each row and reader; a word where a reader says one, and what it says where it errs. */
function print() {
  const rows = [...new Set(cases.map(({ row }) => row))];
  const said = new Map();
  const cell = (column, row) => {
    const found = results[column].filter((_, k) => cases[k].row === row);
    const error = found.find((result) => result.error)?.error;
    if (error) said.set(`${columns[column].name}, ${row}`, error);
    if (error) return 'refused';
    if (found[0].difference === undefined) return 'accepted';
    return Math.max(...found.map(({ difference }) => difference)).toExponential(1);
  };
  const lines = rows.map((row) => [row, ...columns.map((_, column) => cell(column, row))]);
  console.log(`| networks | ${columns.map(({ name }) => name).join(' | ')} |`);
  console.log(`| --- |${columns.map(() => ' ---: |').join('')}`);
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
  console.log(`\n${cases.length} files.`);
  for (const [where, error] of said) console.log(`${where}: ${error}`);
  for (const { missing } of readers) if (missing) console.log(missing);
  const worst = Math.max(...results.flat().map(({ difference = 0 }) => difference));
  if (worst > LARGEST) process.exitCode = 1;
}
