/** Images of the page: taken, opened, compared, corrected, and refused. */

import { unzipSync } from 'fflate';
import * as assert from 'uvu/assert';
import { requireRoom } from '../../../site/engine/compare.js';
import type { Taken } from '../../../site/engine/protocol.js';
import { decodeImage } from '../../../src/formats/formats.js';
import { createBackend, decodeModel, loadModel } from '../../../src/index.js';
import { encodeModel, weightsSha256 as sha256Of } from '../../../src/model/modelfile.js';
import { parseConfig } from '../../../src/network/config.js';
import { buildNifti } from '../../fixtures/nifti.js';
import { disc, listing, put } from '../../support/cli/cli.js';
import { randomModel } from '../../support/export/random-model.js';
import { dropped, events, suiteWithEngine } from '../../support/site/engine.js';
import { rejection } from '../../support/throws.js';

const test = suiteWithEngine('engine: images');
const nobody = () => {};

/** Pairs as they are dropped, below a folder. */
function pairs(above: string, count = 6) {
  const numbers = Array.from({ length: count }, (_, n) => n);
  return numbers.flatMap((n) => [
    dropped(`${above}images/n${n}.png`, disc(40 + n, 33 + 2 * n)),
    dropped(`${above}masks/n${n}.png`, disc(40 + n, 33 + 2 * n, true)),
  ]);
}

async function modelFile(): Promise<File> {
  const model = randomModel({ filters: [4, 6, 8] });
  const bytes = await encodeModel(model);
  model.backend.close();
  return new File([new Uint8Array(bytes)], 'small.safetensors');
}

test('a labelled folder is kept as it is, and checked in the words of the command line', async ({ dir, engine }) => {
  const hidden = dropped('scans/images/.DS_Store', 'x');
  const progress: string[] = [];
  const taken = await engine.take('my scans', [...pairs('scans/'), hidden], ({ phase, done, total }) => {
    progress.push(`${phase} ${done}/${total}`);
  });
  assert.is(taken.kind, 'data');
  const { data, check, lines } = taken as Taken & { readonly kind: 'data' };
  assert.is(data, 'data/my-scans');
  assert.equal([check.images, check.faults], [6, []]);
  assert.match(lines, 'data      data/my-scans: 6 images with masks\n');
  assert.equal([progress[0], progress[11], progress.at(-1)], ['reading 1/12', 'reading 12/12', 'reading 6/6']);
  assert.equal(
    listing(dir).filter((path) => path.endsWith('n0.png')),
    ['data/my-scans/images/n0.png', 'data/my-scans/masks/n0.png'],
  );
  const again = await engine.take('my scans', pairs(''), nobody);
  assert.is((again as typeof taken & { data: string }).data, 'data/my-scans-2');
  const { data: kept } = await engine.storage();
  assert.equal(
    kept.map(({ name }) => name),
    ['data/my-scans', 'data/my-scans-2'],
  );
  await engine.forget('data/my-scans');
  assert.equal(
    (await engine.storage()).data.map(({ name }) => name),
    ['data/my-scans-2'],
  );
  assert.is(await rejection(engine.forget('data/other')), '"data/other": no run or data set of this name is kept');
});

test('images are taken with a line for each file that is none; hostile ones are one line', async ({ dir, engine }) => {
  const files = [
    dropped('a.png', disc(20, 16)),
    dropped('b/a.png', disc(20, 16)),
    dropped('c.png', 'no image'),
    dropped('notes.txt', 'hello'),
  ];
  const taken = await engine.take('some', files, nobody);
  assert.equal(taken, {
    kind: 'images',
    images: ['a', 'a-2'],
    refused: [
      'c.png: not an image of a known format: it starts with "no image"; convert it to PNG',
      'notes.txt: not an image of a known format: it starts with "hello"; convert it to PNG',
    ],
  });
  assert.is(
    await rejection(engine.take('some', [dropped('c.png', 'no image')], nobody)),
    'c.png: not an image of a known format: it starts with "no image"; convert it to PNG',
  );
  assert.is(
    await rejection(engine.take('some', [], nobody)),
    'some: holds no file; drop images, or a folder with images/ and masks/',
  );
  const broken = disc(20, 16).slice(0, 60);
  assert.match(await rejection(engine.openImage({ file: dropped('d.png', broken) })), /^d\.png: /);
  assert.match(
    await rejection(engine.openModel({ file: new File(['no model'], 'm.safetensors') })),
    /^m\.safetensors: [^\n]*$/,
  );
  assert.equal(listing(dir), []);
});

test('heads give what the model predicts, by themselves and as their mean, and are scored', async ({ engine }) => {
  await engine.take('scans', pairs(''), nobody);
  const file = await modelFile();
  const model = await decodeModel(new Uint8Array(await file.arrayBuffer()), 'small', createBackend());
  const opened = await engine.openModel({ file });
  assert.is(opened.name, 'small.safetensors');
  assert.match(opened.initFrom, /^models\/[0-9a-f]{8}\/small\.safetensors$/);
  const image = await engine.openImage({ data: 'data/scans', name: 'n1' });
  assert.equal([image.width, image.height, image.slices, image.channels, image.hasMask], [41, 35, 1, 1, true]);
  const heads = await engine.compare(image.id, 0);
  const stored = await decodeImage(disc(41, 35), 'n1');
  assert.equal(
    heads.map(({ mode }) => mode),
    ['L1', 'L2', 'accurate'],
  );
  for (const { mode, probs, width, height, classes, milliseconds, dice } of heads) {
    const expected = await model.predict(stored, { mode });
    assert.equal(probs, expected.probs, mode);
    assert.equal([width, height, classes], [41, 35, 1]);
    assert.ok(milliseconds > 0 && dice! >= 0 && dice! <= 1);
  }
  const alone = await engine.openImage({ file: dropped('x.png', disc(41, 35)) });
  assert.equal(
    (await engine.compare(alone.id, 0)).map(({ dice }) => dice),
    [null, null, null],
  );
  assert.is(await rejection(engine.compare(image.id, 1)), 'n1: slice 1, expected a whole number from 0 to 0');
  assert.is(await rejection(engine.compare('99', 0)), 'image "99" is not open any more; open it again');
  const { shown, mask } = await engine.slice(image.id, 0);
  assert.equal([shown.channels, shown.data.length, mask!.data.length], [3, 3 * 41 * 35, 41 * 35]);
});

test('another backend has the model of the one before', async ({ engine }) => {
  const { id } = await engine.openImage({ sample: 'validation-0003' });
  assert.is(await rejection(engine.compare(id, 0)), 'no model is open; open one, or train one');
  await engine.openModel({ file: await modelFile() });
  const before = await engine.compare(id, 0);
  const { computing, threads, fault } = await engine.start({ backend: 'wasm', threads: 2 });
  assert.equal([computing, threads, fault], ['WebAssembly, 2 threads', 2, null]);
  const after = await engine.compare(id, 0);
  assert.equal(
    after.map(({ probs }) => probs),
    before.map(({ probs }) => probs),
  );
  await engine.start({ backend: 'wasm', threads: 1 });
  assert.match(
    await engine.diagnostics(),
    /^unetpp {4}0\.0\.0\n(.*\n)*computing WebAssembly, 1 thread\ncheck {5}agrees with the reference\n/,
  );
});

test('a corrected mask is a data set that can be trained on from the open model', async ({ engine }) => {
  const { initFrom } = await engine.openModel({ file: await modelFile() });
  const names = ['u', 'v', 'w', 'x', 'y'];
  for (const [n, name] of names.entries()) {
    const { id, width, height } = await engine.openImage({ file: dropped(`${name}.png`, disc(40 + n, 33)) });
    const { data } = await decodeImage(disc(width, height, true), name);
    const mask = { width, height, channels: 1, data: Uint8Array.from(data, (value) => Number(value > 0)) };
    assert.equal(await engine.correct(id, 0, mask), { data: 'data/corrections', images: n + 1 });
    assert.equal(await engine.correct(id, 0, mask), { data: 'data/corrections', images: n + 1 });
    const small = { ...mask, width: 2, data: new Uint8Array(2 * height) };
    assert.is(
      await rejection(engine.correct(id, 0, small)),
      `${name}: the image is ${width}x${height}, its corrected mask 2x${height}; correct it at its own size`,
    );
    const other = { ...mask, data: mask.data.map((value) => 3 * value) };
    assert.is(
      await rejection(engine.correct(id, 0, other)),
      `${name}: its corrected mask holds the class 3, and the model has 1; correct it with these`,
    );
  }
  const back = await engine.openImage({ data: 'data/corrections', name: 'w' });
  const { mask, shown } = await engine.slice(back.id, 0);
  assert.equal(
    mask!.data,
    (await decodeImage(disc(42, 33, true), 'w')).data.map((value: number) => Number(value > 0)),
  );
  assert.equal(
    shown.data.filter((_, at) => at % 3 === 0),
    (await decodeImage(disc(42, 33), 'w')).data,
  );
  const { lines } = await engine.check('data/corrections', nobody);
  assert.match(lines, 'data/corrections: 5 images with masks');
  const { result, model } = await engine.train(
    'data/corrections',
    { initFrom, epochs: '1', size: '32', batch: '2' },
    events(),
  );
  assert.is(result.run, 'runs/corrections');
  assert.equal(model!.config.filters, [4, 6, 8]);
});

test('exports: the file that was opened, ONNX, an edge folder, masks with their objects', async ({ dir, engine }) => {
  const file = await modelFile();
  const { weightsSha256 } = await engine.openModel({ file });
  const [own] = await engine.exportModel('safetensors');
  assert.equal(own!.bytes, new Uint8Array(await file.arrayBuffer()));
  put(dir, 'home.safetensors', own!.bytes);
  assert.is(await sha256Of(await loadModel('home.safetensors', { threads: 1 })), weightsSha256);
  assert.equal(
    (await engine.exportModel('onnx')).map(({ path }) => path),
    ['network.onnx'],
  );
  const [zip] = await engine.exportModel('edge');
  assert.is(zip!.path, 'edge.zip');
  assert.ok(Object.keys(unzipSync(zip!.bytes)).includes('kernels.wasm'));
  assert.is(
    await rejection(engine.exportMasks('accurate', 0.5, nobody)),
    'no image was dropped to be segmented; drop some first',
  );
  const some = [
    dropped('a.png', disc(20, 16)),
    dropped(
      'v.nii',
      buildNifti({ shape: [9, 8, 3], type: 'uint8', data: Uint8Array.from({ length: 216 }, (_, k) => k) }),
    ),
  ];
  const cut = disc(20, 16).subarray(0, 60);
  await engine.take('cut', [dropped('cut.png', cut)], nobody);
  const line = 'cut.png: truncated PNG: chunk IDAT at byte 33 needs';
  assert.match(await rejection(engine.exportMasks('L1', 0.25, nobody)), line);
  await engine.take('some', [dropped('cut.png', cut), ...some], nobody);
  const {
    files: [masks],
    refused,
  } = await engine.exportMasks('L1', 0.25, nobody);
  assert.is(refused.length, 1);
  assert.match(refused[0]!, line);
  const files = unzipSync(masks!.bytes);
  assert.equal(Object.keys(files), [
    'a.png',
    'a-objects.csv',
    ...[1, 2, 3].flatMap((z) => [`v-${z}.png`, `v-${z}-objects.csv`]),
  ]);
  const model = await decodeModel(own!.bytes, 'small', createBackend());
  const mask = await model.predictMask(await decodeImage(disc(20, 16), 'a'), { mode: 'L1', threshold: 0.25 });
  assert.equal(
    (await decodeImage(files['a.png']!, 'a')).data,
    mask.data.map((value) => 255 * value),
  );
  assert.match(new TextDecoder().decode(files['a-objects.csv']), /^label,area_px,/);
});

test('an image whose probabilities no tab can hold is refused before it is computed', () => {
  const config = parseConfig({ filters: [8, 16, 32, 64, 128] }, 'test');
  requireRoom('wide', { width: 4096, height: 4096 }, config);
  assert.throws(
    () => requireRoom('huge', { width: 8192, height: 8192 }, config),
    'huge: 8192x8192 takes 2.5 GB for the probabilities of 5 outputs, a tab gives it 2 GB at most; cut it into tiles, or segment it in Node (unetpp predict)',
  );
});

test.run();
