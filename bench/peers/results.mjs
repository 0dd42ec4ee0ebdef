/** `npm run results` writes ../results.md: all that the project claims about speed. `-- --torch` puts PyTorch in it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const BENCH = pathOf('../../dist/bench/index.js');
const PEERS = pathOf('run.mjs');
const NARROW = ['--filters', '16,32,64,128,256'];
const torch = process.argv.slice(2);

/** By version of Node. */
const RUNS = [
  [24, BENCH],
  [24, BENCH, '--network', '--relaxed'],
  [24, BENCH, '--network', '--batch', '16'],
  [24, BENCH, '--network', '--batch', '16', '--threads', '2'],
  [24, BENCH, '--network', ...NARROW],
  [24, BENCH, '--profile'],
  [24, PEERS, ...torch],
  [24, PEERS, ...torch, '--threads', '2'],
  [24, PEERS, ...torch, ...NARROW],
  [20, BENCH, '--network', '--profile'],
  [20, PEERS, ...torch],
];

const sections = RUNS.map(([version, script, ...options]) => {
  console.error(`node ${version} ${script} ${options.join(' ')}`);
  const { status, stdout } = spawnSync('npx', ['-y', `node@${version}`, script, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`exit code ${status}`);
  return stdout.trim();
});

const head =
  '# Measured\n\nWritten by `npm run results` in `bench/peers`; medians, one thread where nothing else is said.';
writeFileSync(pathOf('../results.md'), `${[head, ...sections].join('\n\n')}\n`);
