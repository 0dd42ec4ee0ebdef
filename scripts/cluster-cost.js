/**
 * `npm run cluster:cost`: what the exchange of a training over several ranks costs. Small trainings run on hosts that
 * scripts/hosts-here.sh makes of network namespaces, as root, with bandwidths from 200 Mbit/s on. A model of three terms
 * is fitted to the time that a rank waits in a step:
 *
 *   wait = a (R - 1) + b bytes + bytes / bandwidth
 *
 * with R ranks, and the bytes that a rank sends in a step; a is the time of a message, b that of copying and adding a
 * byte. The model then says how the full network scales over more ranks than there are here. Prints Markdown.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../dist/src/base/statistics.js';
import { parseConfig } from '../dist/src/network/config.js';
import { countParameters, listParameters } from '../dist/src/network/parameters.js';

const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const HOSTS = root('scripts/hosts-here.sh');
const MAIN = root('dist/cli/unetpp.js');

const RATES = { '200 Mbit/s': 200e6, '1 Gbit/s': 1e9, '4 Gbit/s': 4e9 };
const NETWORKS = ['8,16,32,64', '16,32,64,128', '16,32,64,128,256'];
const RANKS = [2, 3];
const TRIES = 1;
/** Images so small that computing is over soon, in mini-batches of six micro-batches, which 2 and 3 ranks share alike. */
const TRAINING = ['train', '--plan', 'off', '--size', '32', '--batch', '12', '--micro-batch', '2', '--epochs', '1'];
const MORE = ['--split', '96,4,0', '--workers', '1', '--json', '--quiet'];

/** Filters 32..512 at 128x128: seconds of a micro-batch of four images on one core, see docs/speed.md. */
const FULL = '32,64,128,256,512';
const MICRO_BATCH_SECONDS = 4 * 0.22;
const WORKERS = 16;

let runs = 0;
const folder = mkdtempSync(join(tmpdir(), 'unetpp-cost-'));
try {
  const measured = Object.entries(RATES).flatMap(([name, rate]) => onHosts(name, rate));
  const fitted = fit(measured);
  console.log(measurements(measured, fitted));
  console.log(forecast(fitted));
  console.log(
    `Measured on ${new Date().toISOString().slice(0, 10)} on ${cpus().length} cores of ${cpus()[0].model}, Node ${process.versions.node}.`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** The steps of small trainings over all numbers of ranks, on hosts that are joined at a rate in bits a second. */
function onHosts(name, rate) {
  execFileSync(HOSTS, ['start', String(Math.max(...RANKS)), `${rate / 1e6}mbit`]);
  try {
    return RANKS.flatMap((ranks) =>
      NETWORKS.map((filters) => {
        const steps = Array.from({ length: TRIES }, () => step(ranks, filters));
        return { name, rate, ranks, filters, bytes: steps[0].bytes, wait: median(steps.map(({ wait }) => wait)) };
      }),
    );
  } finally {
    execFileSync(HOSTS, ['stop']);
  }
}

/** The bytes that a rank sends in a step, and the seconds that it waits. */
function step(ranks, filters) {
  const call = [
    process.execPath,
    MAIN,
    ...TRAINING,
    ...MORE,
    '--filters',
    filters,
    '--out',
    join(folder, `run-${runs++}`),
  ];
  const stdio = ['ignore', 'pipe', 'ignore'];
  const said = execFileSync(HOSTS, ['mpirun', String(ranks), ...call], { encoding: 'utf8', stdio });
  const { exchange } = JSON.parse(said.trim().split('\n').at(-1));
  return { bytes: exchange.sentBytes / exchange.steps, wait: exchange.waitedSeconds / exchange.steps };
}

/** The a and b with the least squares of the relative errors. */
function fit(measured) {
  let [aa, ab, bb, ay, by] = [0, 0, 0, 0, 0];
  for (const { rate, ranks, bytes, wait } of measured) {
    const [a, b, y] = [ranks - 1, bytes, wait - (8 * bytes) / rate].map((value) => value / wait);
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a * y;
    by += b * y;
  }
  const determinant = aa * bb - ab * ab;
  return { a: (ay * bb - by * ab) / determinant, b: (by * aa - ay * ab) / determinant };
}

function waitOf({ a, b }, { rate, ranks, bytes }) {
  return a * (ranks - 1) + b * bytes + (8 * bytes) / rate;
}

function measurements(measured, fitted) {
  const { a, b } = fitted;
  const rows = measured.map((one) =>
    row([one.name, one.ranks, one.filters, mega(one.bytes), ms(one.wait), ms(waitOf(fitted, one))]),
  );
  const error = median(measured.map((one) => Math.abs(waitOf(fitted, one) / one.wait - 1)));
  return [
    row(['bandwidth', 'ranks', 'filters', 'MB sent a step', 'wait, ms', 'by the model, ms']),
    row(Array(6).fill('---')),
    ...rows,
    '',
    `a = ${(1000 * a).toFixed(2)} ms, b = ${(1e9 * b).toFixed(2)} ns a byte; half of the waits are within ${Math.round(100 * error)} % of the model.`,
    '',
  ].join('\n');
}

/** The share of a step that is not spent waiting, by ranks and bandwidth, and what would raise it. */
function forecast(fitted) {
  const gradients = 4 * parametersOf(FULL);
  const variants = {
    'as it is': { rounds: 1, size: 1 },
    'four times the batch': { rounds: 4, size: 1 },
    'gradients of 16 bits': { rounds: 1, size: 0.5 },
  };
  const rows = [];
  for (const [network, rate] of Object.entries({ '10 Gbit/s': 10e9, '100 Gbit/s': 100e9 })) {
    for (const ranks of [8, 64, 512]) {
      const shares = Object.values(variants).map(({ rounds, size }) => {
        const computing = rounds * MICRO_BATCH_SECONDS;
        const bytes = (2 * (ranks - 1) * gradients * size) / ranks;
        return computing / (computing + waitOf(fitted, { rate, ranks, bytes }));
      });
      rows.push(row([network, ranks, ranks * WORKERS * 4, ...shares.map((share) => `${Math.round(100 * share)} %`)]));
    }
  }
  return [
    `Filters ${FULL} at 128x128, ${mega(gradients)} MB of gradients, ${WORKERS} workers a rank, one micro-batch of four images each; the share of the time that is not spent waiting:`,
    '',
    row(['network', 'ranks', 'batch', ...Object.keys(variants)]),
    row(Array(3 + Object.keys(variants).length).fill('---')),
    ...rows,
    '',
  ].join('\n');
}

function parametersOf(filters) {
  return countParameters(listParameters(parseConfig({ filters: filters.split(',').map(Number) }, 'cost')));
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function ms(seconds) {
  return (1000 * seconds).toFixed(1);
}

function mega(bytes) {
  return (bytes / 1e6).toFixed(1);
}
