/**
 * The network on WebGPU, beside TensorFlow.js and ONNX Runtime. After `npm run build` in the project: `npm ci` here once,
 * then `npm run gpu`, which starts a Chromium, or `npm run gpu -- --node`, which needs none. All compute on one adapter and
 * take turns, so that whatever else the machine does meets all of them; a ratio is that of one turn, and the table has
 * medians.
 *
 * Where the adapter is a program that does on the processor what a GPU would do, there is no speed to tell: the table has
 * ratios alone, and says which program it was.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { table } from '../../dist/bench/table.js';
import { median } from '../../dist/src/base/statistics.js';
import { openChromium } from './gpu/chromium.mjs';
import { openNode } from './gpu/node.mjs';

const { values } = parseArgs({
  options: {
    filters: { type: 'string', default: '32,64,128,256,512' },
    size: { type: 'string', default: '128' },
    batch: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '9' },
    'train-rounds': { type: 'string', default: '5' },
    node: { type: 'boolean', default: false },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    flag: { type: 'string', multiple: true, default: [] },
  },
});
const network = {
  filters: values.filters.split(',').map(Number),
  size: Number(values.size),
  batch: Number(values.batch),
};

const place = values.node
  ? await openNode(network)
  : await openChromium({ ...network, executable: values.chromium, flags: values.flag });
try {
  const rows = [
    ...(await compare('infer', 1, Number(values.rounds))),
    ...(await compare('train', network.batch, Number(values['train-rounds']))),
  ];
  const title = `widths ${network.filters.join(', ')}, ${network.size}x${network.size}x1, all heads; training on batches of ${network.batch}`;
  const date = new Date().toISOString().slice(0, 10);
  console.log(`## Peers on WebGPU: ${title}\n\n${date}, ${place.place}; adapter: ${place.adapter}\n`);
  console.log(place.software ? ratios(rows) : times(rows));
} finally {
  await place.close();
}

/** What the systems that do a work took for it, an image. */
async function compare(work, images, rounds) {
  const systems = place.systems.filter((name) => work === 'infer' || name !== 'onnxruntime-web');
  const runs = new Map(systems.map((name) => [name, []]));
  // The first run of each compiles, and stands apart.
  for (let round = 0; round <= rounds; round++) {
    for (const name of systems) {
      const { ms, cpuMs } = await place.run(name, work);
      runs.get(name).push({ ms: ms / images, cpuMs: cpuMs / images });
    }
  }
  return systems.map((name) => ({ work, name, runs: runs.get(name), ours: runs.get('unetpp') }));
}

function times(rows) {
  return table(
    ['', 'system', 'version', 'first ms an image', 'best', 'median', 'times the median of unetpp'],
    rows.map((row) => {
      const [first, ...later] = row.runs.map(({ ms }) => ms);
      const factor = row.name === 'unetpp' ? undefined : ratio(row, 'ms');
      return [row.work, row.name, versionOf(row.name), first, Math.min(...later), median(later), factor];
    }),
  );
}

/** How many times as long as ours the others took. */
function ratios(rows) {
  const text = table(
    ['', 'system', 'version', 'first run', 'time', 'processor time'],
    rows
      .filter(({ name }) => name !== 'unetpp')
      .map((row) => {
        const first = row.runs[0].ms / row.ours[0].ms;
        return [row.work, row.name, versionOf(row.name), first, ratio(row, 'ms'), ratio(row, 'cpuMs')];
      }),
  );
  return `This adapter is a program, and no GPU: it shows that all compute the same, and how many times as long as unetpp the others take on it. No speed follows from it.\n\n${text}`;
}

/** The median over the turns, without the first. */
function ratio({ runs, ours }, key) {
  const factors = runs.map((run, k) => run[key] / ours[k][key]).slice(1);
  return factors.some(Number.isNaN) ? undefined : median(factors);
}

function versionOf(name) {
  const path = name === 'unetpp' ? '../../package.json' : `node_modules/${name}/package.json`;
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
