/**
 * `npm run defaults -- [--out DIR] [--seeds 1,2,3] [--settings 'NAME;…'] SET[=FOLDER] …`: the table by which the defaults of a
 * training were chosen. Each setting changes one thing of the first, and each is trained on each set by `unetpp study` with
 * every seed: UNet++ with filters 8..128, the best epoch scored on the validation images. Sets: phantom, and
 * colin27-brain, dsb2018-96 and dsb2018-native with the folders that hold them. The same command continues where it was
 * stopped; it prints Markdown.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const UNETPP = fileURLToPath(new URL('../dist/cli/unetpp.js', import.meta.url));

/** What is trained on each set: so many epochs that a training takes a minute or two on two cores. */
const SETS = {
  phantom: ['--epochs', '5'],
  'colin27-brain': ['--epochs', '5'],
  'dsb2018-96': ['--size', '96', '--epochs', '5'],
  'dsb2018-native': ['--patch', '128', '--patches', '4', '--epochs', '6'],
};

/** The options of the first setting, and below what each other one changes. */
const BASE = {
  filters: '8,16,32,64,128',
  norm: 'group',
  init: 'he-normal',
  lr: '2e-3',
  schedule: 'cosine',
  batch: '8',
  augment: 'flip',
};
/** How the plan varies colour images. */
const COLOURS = 'flip,turn,brightness:0.5,contrast:0.5,colour:0.5';
const SETTINGS = {
  'group norm, he-normal, 2e-3, cosine': {},
  'no norm': { norm: 'none' },
  'batch norm': { norm: 'batch' },
  'init torch': { init: 'torch' },
  'rate 5e-4': { lr: '5e-4' },
  'rate 1e-3': { lr: '1e-3' },
  'rate 4e-3': { lr: '4e-3' },
  'constant rate': { schedule: 'constant' },
  percentile: { normalise: 'percentile' },
  zscore: { normalise: 'zscore' },
  'colours varied': { augment: COLOURS },
  'colours varied, percentile': { augment: COLOURS, normalise: 'percentile' },
  'colours varied, zscore': { augment: COLOURS, normalise: 'zscore' },
  'batch 4': { batch: '4' },
  'batch 16': { batch: '16' },
  'defaults of 0.1.0: no norm, 3e-4, constant, batch 16': {
    norm: 'none',
    lr: '3e-4',
    schedule: 'constant',
    batch: '16',
    augment: 'none',
  },
};

const { values, positionals } = parseArgs({
  options: {
    out: { type: 'string', default: join('runs', 'defaults') },
    seeds: { type: 'string', default: '1,2,3' },
    settings: { type: 'string', default: Object.keys(SETTINGS).join(';') },
  },
  allowPositionals: true,
});
const sets = (positionals.length > 0 ? positionals : ['phantom']).map((each) => each.split('='));
const settings = values.settings.split(';');
const wrong = [
  ...sets.filter(([name]) => !Object.hasOwn(SETS, name)).map(([name]) => name),
  ...settings.filter((name) => !Object.hasOwn(SETTINGS, name)),
];
if (wrong.length > 0) {
  console.error(
    `unknown: ${wrong.join(', ')}; sets are ${Object.keys(SETS).join(', ')}, settings in scripts/defaults.js`,
  );
  process.exit(2);
}

mkdirSync(values.out, { recursive: true });
const cells = new Map();
for (const [set, folder] of sets) {
  for (const name of settings) cells.set(`${set} ${name}`, study(set, folder, name));
}
console.log(`| Dice of L1 / L2 / L3 / L4 / mean | ${sets.map(([set]) => set).join(' | ')} |`);
console.log(`| --- |${' --- |'.repeat(sets.length)}`);
for (const name of settings) {
  console.log(`| ${name} | ${sets.map(([set]) => cells.get(`${set} ${name}`)).join(' | ')} |`);
}
const date = new Date().toISOString().slice(0, 10);
console.log(
  `\nMeans over the seeds ${values.seeds}, ± the standard deviation of the mean of the heads. ${date}, ${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.versions.node}.`,
);

/** Does the study of one cell, and returns its scores. */
function study(set, folder, name) {
  const out = join(values.out, `${set} ${name}`.replaceAll(/[^\w.-]+/g, '-'));
  const options = Object.entries({ ...BASE, ...SETTINGS[name] }).flatMap(([flag, value]) => [`--${flag}`, value]);
  const data = folder ? ['--data', folder] : [];
  const protocol = ['study', '--arms', 'unetpp-ds', '--folds', '1', '--seeds', values.seeds, '--out', out];
  const { status } = spawnSync(process.execPath, [UNETPP, ...protocol, ...data, ...SETS[set], ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  const { results } = JSON.parse(readFileSync(join(out, 'family.json'), 'utf8'));
  const dice = (output) => results.map(({ outputs }) => outputs.find((each) => each.output === output).dice);
  const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const all = dice('accurate');
  const deviation = Math.sqrt(mean(all.map((x) => (x - mean(all)) ** 2)) * (all.length / Math.max(1, all.length - 1)));
  const heads = ['L1', 'L2', 'L3', 'L4', 'accurate'].map((output) => mean(dice(output)).toFixed(3));
  return `${heads.join(' / ')} ± ${deviation.toFixed(3)}`;
}
