/** `npm run results` writes ../results.md: all that the project claims about speed. `-- --torch` puts PyTorch in it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const BENCH = pathOf('../../dist/bench/index.js');
const PEERS = pathOf('run.mjs');
const CORES = pathOf('cores.mjs');
const SHELL = pathOf('shell.mjs');
const NARROW = ['--filters', '16,32,64,128,256'];
const torch = process.argv.slice(2);
const QUICK = ['--rounds', '5', '--torch-rounds', '2'];

/** By version of Node; what is asked most comes first. */
const RUNS = [
  [24, PEERS, ...torch],
  [24, PEERS, ...torch, ...QUICK, '--threads', '2'],
  [24, CORES],
  [26, PEERS, ...torch, ...QUICK],
  [20, PEERS, ...torch, ...QUICK],
  [24, SHELL],
  [20, SHELL],
  [24, PEERS, ...torch, ...QUICK, ...NARROW],
  [24, BENCH, '--network', '--relaxed'],
  [24, BENCH, '--network', '--profile'],
  [20, BENCH, '--network', '--profile'],
  [24, BENCH, '--ops'],
];

const HEAD =
  '# Benchmark results\n\nWritten by `npm run results` in `bench/peers`. Times are medians, on one thread unless stated otherwise.';
const sections = ['REST'];
for (const [version, script, ...options] of [2,5,6,7,8,9,10,11].map((k)=>RUNS[k])) {
  console.error(`node ${version} ${script} ${options.join(' ')}`);
  sections.push(run(nodeOf(version), [script, ...options]));
  writeFileSync('/tmp/w15/results-rest.md', `${sections.join('\n\n')}\n`);
}

/** The path of a version of Node, which npm keeps. A call that installs it may run another Node, hence the second try. */
function nodeOf(version) {
  for (let tries = 0; tries < 2; tries++) {
    const told = run('npx', ['-y', `node@${version}`, '-p', '[process.version, process.execPath].join(" ")']);
    const [found, path] = told.split(' ');
    if (found.startsWith(`v${version}.`)) return path;
  }
  throw new Error(`npx node@${version} does not run Node ${version}`);
}

function run(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${status}`);
  return stdout.trim();
}
