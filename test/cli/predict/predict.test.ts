import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { predict } from '../../../src/cli/commands/predict.js';
import { imageFormats } from '../../../src/formats/formats.js';
import { encodeNpy } from '../../../src/formats/npy.js';
import type { PngImage } from '../../../src/formats/png/png.js';
import { Graph } from '../../../src/graph/graph.js';
import {
  createModel,
  decodePng,
  encodePng,
  type Image,
  loadModel,
  type ModelConfig,
  readImage,
  toMask,
} from '../../../src/index.js';
import { GREEN, ORANGE } from '../../../src/report/colours.js';
import { relativeError } from '../../../src/selftest/compare.js';
import { disc, json, listing, put, refused, suiteInFolder, unetpp, unetppAlone } from '../../support/cli/cli.js';

const test = suiteInFolder('cli predict');

/** A network with weights large enough that its probabilities differ. */
async function putModel(dir: string, config: Partial<ModelConfig> = {}, size?: number): Promise<void> {
  const model = createModel({ filters: [3, 5, 7], ...config }, { seed: 5 });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'range', ...(size !== undefined && { size }) } });
  await model.save(join(dir, 'model.safetensors'));
}

/** The shape and the numbers of a .npy file. */
function readNpy(path: string): { shape: number[]; data: Float32Array } {
  const bytes = readFileSync(path);
  assert.is(bytes.subarray(1, 6).toString('latin1'), 'NUMPY');
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString('latin1');
  assert.match(header, "'descr': '<f4', 'fortran_order': False");
  const shape = header
    .match(/\(([\d, ]+)\)/)![1]!
    .split(',')
    .map(Number);
  return { shape, data: new Float32Array(new Uint8Array(bytes.subarray(start)).buffer) };
}

const args = (...more: string[]) => ['predict', '--model', 'model.safetensors', '--out', 'out', ...more];

test('one image, odd and not square: mask, overlay and probabilities at its own size', async ({ dir }) => {
  await putModel(dir, {}, 32);
  put(dir, 'scan.png', disc(37, 53));
  const result = json(dir, args('--input', 'scan.png', '--save-probs', '--threshold', '0.45', '--threads', '3'));
  assert.equal(Object.keys(result), [
    'images',
    'skipped',
    'seconds',
    'mode',
    'threshold',
    'postprocessing',
    'objects',
    'tta',
    'models',
    'threads',
    'backend',
    'adapter',
  ]);
  assert.equal([result.images, result.mode, result.threshold, result.threads], [1, 'accurate', 0.45, 3]);
  assert.ok((result.seconds as number) > 0);
  assert.equal(listing(join(dir, 'out')), ['scan-overlay.png', 'scan.npy', 'scan.png']);

  const model = await loadModel(join(dir, 'model.safetensors'), { threads: 1 });
  const expected = await model.predict(await readImage(join(dir, 'scan.png')));
  const { shape, data } = readNpy(join(dir, 'out/scan.npy'));
  assert.equal(shape, [1, 53, 37]);
  assert.equal(data, expected.probs);
  const mask = await readImage(join(dir, 'out/scan.png'));
  assert.equal([mask.width, mask.height, mask.channels], [37, 53, 1]);
  assert.equal(
    mask.data,
    toMask(expected, 0.45).data.map((value) => value * 255),
  );
  const overlay = await readImage(join(dir, 'out/scan-overlay.png'));
  assert.equal([overlay.width, overlay.height, overlay.channels], [37, 53, 3]);
});

test('--relaxed: the same but for rounding', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.png', disc(37, 53));
  const [portable, relaxed] = [[], ['--relaxed']].map((option) => {
    json(dir, args('--input', 'scan.png', '--save-probs', ...option));
    return readNpy(join(dir, 'out/scan.npy')).data;
  });
  assert.ok(relativeError(relaxed!, portable!) < 1e-5);
});

test('the thresholds 0 and 1 take everything and nothing', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.png', disc(9, 7));
  for (const [threshold, value] of [
    ['0', 255],
    ['1', 0],
  ] as const) {
    json(dir, args('--input', 'scan.png', '--threshold', threshold));
    const { data } = await readImage(join(dir, 'out/scan.png'));
    assert.ok(
      data.every((v) => v === value),
      threshold,
    );
  }
});

test('each mode is that of the library', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.png', disc(21, 10));
  const model = await loadModel(join(dir, 'model.safetensors'));
  const image = await readImage(join(dir, 'scan.png'));
  for (const mode of ['accurate', 'fast', 'L1', 'L2'] as const) {
    assert.is(json(dir, args('--input', 'scan.png', '--save-probs', '--mode', mode)).mode, mode);
    assert.equal(readNpy(join(dir, 'out/scan.npy')).data, (await model.predict(image, { mode })).probs, mode);
  }
});

/** A gradient of any number of channels, 8 or 16 bits. */
function gradient(width: number, height: number, channels: number, depth: 8 | 16 = 8): Image<Uint8Array | Uint16Array> {
  const data = new (depth === 8 ? Uint8Array : Uint16Array)(width * height * channels);
  data.forEach((_, i) => {
    data[i] = (i * 37) % (depth === 8 ? 256 : 65536);
  });
  return { width, height, channels, data };
}

test('a folder of images of every kind, in name order', async ({ dir }) => {
  const images = {
    a: gradient(33, 20, 1),
    b: gradient(15, 40, 3),
    c: gradient(20, 20, 4),
    d: gradient(1, 1, 1),
    e: gradient(64, 3, 1, 16),
    f: gradient(9, 9, 3, 16),
    g: gradient(8, 8, 2),
  };
  for (const [name, image] of Object.entries(images)) put(dir, `in/${name}.PNG`, encodePng(image));
  put(dir, 'in/notes.txt', 'no image');
  put(dir, 'in/._a.png', 'no image either');
  for (const inChannels of [1, 3]) {
    await putModel(dir, { inChannels }, 16);
    const { images: count, skipped } = json(dir, args('--input', 'in', '--save-probs'));
    assert.equal([count, skipped], [7, ['in/notes.txt']]);
    const results = Object.keys(images).flatMap((name) => [`${name}-overlay.png`, `${name}.npy`, `${name}.png`]);
    assert.equal(listing(join(dir, 'out')), results);
    const model = await loadModel(join(dir, 'model.safetensors'));
    for (const [name, image] of Object.entries(images)) {
      const { shape, data } = readNpy(join(dir, `out/${name}.npy`));
      assert.equal(shape, [1, image.height, image.width]);
      assert.equal(data, (await model.predict(decodePng(encodePng(image), name))).probs, name);
    }
  }
});

test('arrays of NumPy beside pictures, with more channels than a PNG has', async ({ dir }) => {
  const [grey, six] = [gradient(9, 7, 1, 16), gradient(6, 10, 6)];
  put(dir, 'in/a.png', encodePng(grey));
  put(dir, 'in/b.npy', encodeNpy([7, 9], grey.data));
  put(dir, 'six.npy', encodeNpy([10, 6, 6], six.data));
  await putModel(dir);
  assert.equal(json(dir, args('--input', 'in', '--save-probs')).skipped, []);
  assert.equal(readNpy(join(dir, 'out/b.npy')), readNpy(join(dir, 'out/a.npy')));
  const five = 'six.npy: an image of 6 channels, the model reads 1; save it with 1';
  refused(dir, args('--input', 'six.npy'), five);

  await putModel(dir, { inChannels: 6 });
  json(dir, args('--input', 'six.npy', '--save-probs'));
  const model = await loadModel(join(dir, 'model.safetensors'));
  assert.equal(readNpy(join(dir, 'out/six.npy')).data, (await model.predict(six)).probs);
});

test('each image is decoded once, and the network is recorded once', async ({ dir }) => {
  await putModel(dir, {}, 32);
  for (const name of ['a', 'b', 'c']) put(dir, `in/${name}.png`, disc(37, 53));
  const [png] = imageFormats;
  const { open } = png!;
  const { input } = Graph.prototype;
  const decoded: string[] = [];
  let recorded = 0;
  png!.open = async (source, options) => {
    const opened = await open(source, options);
    const read: typeof opened.read = (...rest) => {
      decoded.push(basename(source.name));
      return opened.read(...rest);
    };
    return { ...opened, read };
  };
  Graph.prototype.input = function count(...rest) {
    recorded++;
    return input.apply(this, rest);
  };
  try {
    const paths = ['--model', 'model.safetensors', '--input', 'in', '--out', 'out'];
    const absolute = paths.map((value) => (value.startsWith('--') ? value : join(dir, value)));
    await predict.parseAsync([...absolute, '--threads', '1'], { from: 'user' });
  } finally {
    png!.open = open;
    Graph.prototype.input = input;
  }
  assert.equal(decoded, ['a.png', 'b.png', 'c.png']);
  // The list of parameters, the forecast of memory and the program all read the same graph.
  assert.is(recorded, 1);
});

test('several classes: the class of each pixel, and a plane of probabilities for each', async ({ dir }) => {
  await putModel(dir, { classes: 3 });
  put(dir, 'scan.png', disc(13, 11));
  json(dir, args('--input', 'scan.png', '--save-probs'));
  const { shape, data } = readNpy(join(dir, 'out/scan.npy'));
  assert.equal(shape, [3, 11, 13]);
  const model = await loadModel(join(dir, 'model.safetensors'));
  const prediction = await model.predict(await readImage(join(dir, 'scan.png')));
  const planes = [0, 1, 2].flatMap((c) => [...prediction.probs.filter((_, i) => i % 3 === c)]);
  assert.equal([...data], planes);
  const mask = toMask(prediction).data;
  const file = await readImage(join(dir, 'out/scan.png'));
  assert.equal((file as PngImage).indices, mask);
  // A viewer shows the classes in the colours of the overlay.
  const colours = [[0, 0, 0], GREEN, ORANGE];
  assert.equal(
    [...file.data],
    [...mask].flatMap((label) => [...colours[label]!]),
  );
});

test('people are told what was made; --quiet says only that', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.png', disc(9, 7));
  const { code, stdout, stderr } = unetppAlone(dir, args('--input', 'scan.png', '--quiet'));
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, /^1 mask with overlay in out, mode accurate, \d+\.\d s\n$/);
});

test('files that are skipped and images of another kind than the model reads are told', async ({ dir }) => {
  await putModel(dir, { inChannels: 3 }, 16);
  put(dir, 'in/a.png', disc(9, 7));
  put(dir, 'in/b.png', encodePng(gradient(9, 7, 3)));
  for (const file of ['c.gif', 'd.txt', '.hidden']) put(dir, `in/${file}`, 'x');
  const kind = 'remark    1 grey image: the model expects RGB; all three channels get the grey values\n';
  const skipped = 'skipped   2 files of no known format: in/c.gif, in/d.txt\n';
  assert.is(unetpp(dir, args('--input', 'in')).stderr, skipped + kind);
  await putModel(dir, { inChannels: 1 }, 16);
  const colour = 'remark    1 RGB image: the model expects grey; their luminance is used\n';
  assert.is(unetpp(dir, args('--input', 'in')).stderr, skipped + colour);
  put(dir, 'scan.gif', 'GIF89a');
  refused(
    dir,
    args('--input', 'scan.gif'),
    'scan.gif: not an image of a known format: it is a GIF image; convert it to PNG',
  );
});

test('what cannot be predicted is refused before anything is written', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'in/a.png', disc(9, 7));
  const input = (path: string) => args('--input', path);
  const missing = 'cannot be read: there is no such file or folder; check the path (ENOENT)';
  refused(dir, input('nowhere'), `nowhere: ${missing}`);
  put(dir, 'none/notes.txt', 'x');
  refused(dir, input('none'), 'none: no image in this folder that is read; convert the images to PNG');
  refused(dir, [...input('in'), '--mode', 'L9'], 'mode "L9": this network has accurate, fast, L1, L2');
  const elsewhere = 'so nothing is written there; give another place';
  const inPlace = ['predict', '--model', 'model.safetensors', '--input', 'in/a.png', '--out', 'in'];
  refused(dir, inPlace, `in/a.png: --input reads it, ${elsewhere}`);
  put(dir, 'file', 'x');
  const onFile = ['predict', '--model', 'model.safetensors', '--input', 'in', '--out', 'file'];
  refused(dir, onFile, 'file: a file, expected a folder; give another name');
  const onFolder = ['predict', '--model', 'in', '--input', 'in', '--out', 'out'];
  refused(dir, onFolder, 'in: cannot be read: it is a folder, expected a file; give the name of a file (EISDIR)');

  put(dir, 'in/a-overlay.png', disc(9, 7));
  const both = 'in/a-overlay.png and in/a.png would both give a-overlay.png; rename one of them';
  refused(dir, input('in'), both);
  put(dir, 'late/a.png', disc(9, 7));
  put(dir, 'late/b.png', disc(30, 30).subarray(0, 200));
  const { stderr } = unetpp(dir, input('late'));
  assert.match(stderr, /^unetpp: late\/b\.png: truncated PNG: .*; copy the file again\n$/);
  assert.not.ok(listing(dir).includes('out'), 'nothing is written when a later image is damaged');
  put(dir, 'text.png', 'hello, I am text');
  refused(
    dir,
    input('text.png'),
    'text.png: not an image of a known format: it starts with "hello, I am "; convert it to PNG',
  );
  put(dir, 'folder/a.png/x', '');
  refused(
    dir,
    input('folder'),
    'folder/a.png: cannot be read: it is a folder, expected a file; give the name of a file (EISDIR)',
  );

  await putModel(dir, { inChannels: 2 });
  refused(
    dir,
    input('late/a.png'),
    'late/a.png: an image of 1 channel, the model reads 2; save it with 2 channels as .npy',
  );
});

test.run();
