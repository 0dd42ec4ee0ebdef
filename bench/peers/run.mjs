/**
 * The same network elsewhere. After `npm run build` in the project: `npm ci` here once, then `npm start`, with
 * `-- --torch` where python3 has PyTorch. Ours and the others take turns, so that whatever else the machine does meets
 * all of them, and a ratio is that of one turn; the table has medians.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createEngine, describe } from '../../dist/bench/engine.js';
import { table } from '../../dist/bench/table.js';
import { Workload } from '../../dist/bench/workload.js';
import { median } from '../../dist/src/base/statistics.js';
import { openOrt } from './ort.mjs';
import { checkLogits } from './same.mjs';
import { openTfjs } from './tfjs.mjs';
import { compareTorch, knowsTorch, torchVersion } from './torch.mjs';

/** Runs in a row, of which the median counts: the first finds the caches full of another system's data. */
const RUNS = 3;

const PEERS = {
  'onnxruntime-node': async (subject) => openOrt(await import('onnxruntime-node'), 'cpu', subject),
  'onnxruntime-web': async (subject) => openOrt(await import('onnxruntime-web'), 'wasm', subject),
  '@tensorflow/tfjs-backend-wasm': openTfjs,
};

const HEAD = ['system', 'version', 'ms an image', 'unetpp ms', 'times faster'];

const { values } = parseArgs({
  options: {
    filters: { type: 'string', default: '32,64,128,256,512' },
    size: { type: 'string', default: '128' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '9' },
    torch: { type: 'boolean', default: false },
    'torch-rounds': { type: 'string', default: '3' },
  },
});
const network = {
  filters: values.filters.split(',').map(Number),
  size: Number(values.size),
  threads: Number(values.threads),
};
const engine = await createEngine(network);
const title = `widths ${network.filters.join(', ')}, ${network.size}x${network.size}x1, all heads`;

console.log(`## Peers: ${title}\n\n${describe(engine)}\n`);
console.log(table(HEAD, await comparePeers(Number(values.rounds))));
if (values.torch) console.log(`\n${table(['', ...HEAD], await compareWithTorch(Number(values['torch-rounds'])))}`);

/** Forward of one image, all in this process. */
async function comparePeers(rounds) {
  const workload = new Workload({ ...network, batch: 1 }, await engine.createBackend());
  const ours = async () => workload.infer();
  const { model, image, examples } = workload;
  const subject = { ...network, model, image, examples };
  const peers = new Map();
  for (const [name, open] of Object.entries(PEERS)) {
    const run = await open(subject);
    checkLogits(name, await run(), await workload.infer());
    peers.set(name, { run, turns: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { run, turns } of peers.values()) turns.push({ ours: await timeOf(ours), peer: await timeOf(run) });
  }
  return [...peers].map(([name, { turns }]) => row([name, versionOf(name)], turns));
}

/** Forward and training step, each system in a process of its own. */
async function compareWithTorch(rounds) {
  const version = await torchVersion();
  if (!version) throw new Error('--torch: python3 cannot import torch; install it, or leave the option out');
  if (!knowsTorch(network)) throw new Error(`--torch: torch_peer.py has no network of ${title}`);
  const turns = [];
  for (let round = 0; round < rounds; round++) turns.push(await compareTorch(network));
  return Object.keys(turns[0]).map((work) => {
    return row(
      [work, 'PyTorch', version],
      turns.map((turn) => turn[work]),
    );
  });
}

function row(names, turns) {
  const of = (value) => median(turns.map(value));
  return [...names, of(({ peer }) => peer), of(({ ours }) => ours), of(({ ours, peer }) => peer / ours)];
}

async function timeOf(run) {
  const times = [];
  for (let k = 0; k < RUNS; k++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return median(times);
}

function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
