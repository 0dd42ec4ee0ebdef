/**
 * `npm run large [-- --side 8192]`: what tiles change and what a large image takes. First a picture of 1024x1024 pixels is
 * predicted as a whole and in tiles, by the model `nuclei` and by a network with group norm that is trained for a moment.
 * Then a TIFF of SIDE x SIDE pixels of 16 bits is predicted as `unetpp predict --model nuclei` does, in a process of its
 * own, whose memory is that of all before. It prints Markdown.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeOverlay } from '../dist/src/app/prediction/overlay-picture.js';
import { encodePng } from '../dist/src/formats/png/encode.js';
import { encodeTiff } from '../dist/src/formats/tiff/write.js';
import {
  createBackend,
  createModel,
  loadModel,
  openImageFile,
  Random,
  seedKey,
  sliceSource,
  syntheticDataset,
  trainModel,
} from '../dist/src/index.js';

const SCRIPT = fileURLToPath(import.meta.url);
const NUCLEI = fileURLToPath(new URL('../models/nuclei/model.safetensors', import.meta.url));
const SIDE = 1024;
const TILES = [256, 384, 512];
/** So far from where one tile takes over from the next, a pixel is at the border. */
const BORDER = 8;

const { values } = parseArgs({ options: { side: { type: 'string', default: '8192' }, predict: { type: 'string' } } });
if (values.predict !== undefined) await predictLarge(values.predict);
else {
  await compareTiles();
  measureLarge(Number(values.side));
  const date = new Date().toISOString().slice(0, 10);
  console.log(`\n${date}, ${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.versions.node}.`);
}

async function compareTiles() {
  const backend = createBackend('wasm', { threads: 'auto' });
  const nuclei = await loadModel(NUCLEI, { backend });
  const grouped = createModel({ filters: [8, 16, 32, 64, 128], norm: 'group' }, { backend });
  const dataset = syntheticDataset({ size: 128, train: 64, validation: 8, test: 0, seed: 1 });
  for await (const _ of trainModel(grouped, dataset, { epochs: 2, batch: 8, learningRate: 2e-3 }));
  grouped.adopt({ ...grouped.card, preprocessing: { normalisation: 'range' } });
  console.log(
    '| tiles of a picture of 1024x1024 | largest difference of a probability, inside | at borders | pixels of another class |',
  );
  console.log('| --- | --- | --- | --- |');
  const picture = cells(SIDE);
  for (const [name, model] of [
    ['`nuclei`, batch norm', nuclei],
    ['a network with group norm', grouped],
  ]) {
    const whole = await model.predict(picture, { tiling: 'off' });
    for (const tiling of TILES) {
      const tiled = await model.predict(picture, { tiling });
      const plan = model.tiles(picture, ['accurate'], { tiling });
      const { inside, borders, changed } = differences(whole.probs, tiled.probs, bordersOf(plan));
      console.log(
        `| ${name}, tiles of ${tiling} | ${inside.toExponential(1)} | ${borders.toExponential(1)} | ${(100 * changed).toFixed(2)} % |`,
      );
    }
  }
  backend.close();
}

/** Whether a row or a column is near a place where one tile takes over from the next. */
function bordersOf({ rows }) {
  const near = (tiles) => {
    const flags = new Uint8Array(SIDE);
    for (const { from } of tiles.slice(1)) flags.fill(1, Math.max(0, from - BORDER), from + BORDER);
    return flags;
  };
  return { columns: near(rows[0].map(({ x }) => x)), lines: near(rows.map(([{ y }]) => y)) };
}

function differences(whole, tiled, { columns, lines }) {
  let [inside, borders, changed] = [0, 0, 0];
  for (let i = 0; i < whole.length; i++) {
    const difference = Math.abs(whole[i] - tiled[i]);
    if (columns[i % SIDE] || lines[Math.floor(i / SIDE)]) borders = Math.max(borders, difference);
    else inside = Math.max(inside, difference);
    if (whole[i] > 0.5 !== tiled[i] > 0.5) changed++;
  }
  return { inside, borders, changed: changed / whole.length };
}

/** A picture of bright cells on a dark ground that is uneven, as 8-bit grey. */
function cells(side) {
  const random = new Random(seedKey(side));
  const data = new Uint8Array(side * side);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) data[i] = 20 + (20 * x) / side + (15 * y) / side + random.integer(12);
  }
  for (let n = (side / 40) ** 2; n > 0; n--) {
    const [x, y, r] = [random.integer(side), random.integer(side), 6 + random.integer(12)];
    const light = 60 + random.integer(120);
    for (let v = Math.max(0, y - r); v < Math.min(side, y + r); v++) {
      for (let u = Math.max(0, x - r); u < Math.min(side, x + r); u++) {
        const distance = ((u - x) ** 2 + (v - y) ** 2) / r ** 2;
        if (distance < 1) data[v * side + u] = Math.max(data[v * side + u], light * (1 - distance / 3));
      }
    }
  }
  return { width: side, height: side, channels: 1, data };
}

function measureLarge(side) {
  const folder = mkdtempSync(join(tmpdir(), 'unetpp-large-'));
  try {
    const { data, ...shape } = cells(side);
    const file = join(folder, 'large.tif');
    writeFileSync(file, encodeTiff([{ ...shape, data: Uint16Array.from(data, (value) => 200 * value) }], {}, file));
    const megabytes = (statSync(file).size / 1e6).toFixed(0);
    console.log(`\n| a TIFF of ${side}x${side} pixels of 16 bits, ${megabytes} MB | seconds | resident at most, MB |`);
    console.log('| --- | --- | --- |');
    console.log(execFileSync(process.execPath, [SCRIPT, '--predict', file], { encoding: 'utf8' }).trimEnd());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Predicts a large image, one step after the other. */
async function predictLarge(file) {
  const backend = createBackend('wasm', { threads: 'auto' });
  const model = await loadModel(NUCLEI, { backend });
  const source = sliceSource(await openImageFile(file), 0);
  const { width, height } = source;
  const [patches, threads] = [(width * height) / 128 ** 2, backend.threads];
  let mask;
  const seconds = await step('the mask', async () => {
    mask = await model.predictMask(source);
  });
  let png;
  await step('the mask as PNG', () => {
    png = encodePng({ ...mask, data: mask.data.map((label) => 255 * label) });
  });
  await step('the overlay drawn, as PNG', async () => {
    png = await encodeOverlay(source, mask);
  });
  backend.close();
  console.log(
    `\nThe mask: ${(patches / seconds).toFixed(1)} squares of 128x128 a second with ${threads} threads. The overlay has ${(png.length / 1e6).toFixed(0)} MB.`,
  );
}

async function step(name, work) {
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1e3;
  console.log(`| ${name} | ${seconds.toFixed(1)} | ${Math.round(1.024 * megabytes)} |`);
  return seconds;
}
