/**
 * `npm run edge:everywhere -- [PROGRAM …]`: exports networks with `--format edge`, runs them in every environment, and
 * compares the SHA-256 of the bytes of their probabilities. The environments are this Node, Chromium, gjs and jsc, where
 * they are installed (Debian: gjs, libjavascriptcoregtk-4.0-bin), and the programs that are named: paths of other Nodes, of
 * deno or bun. It prints a table in Markdown. The exit code is 0, 1 where something differs, or 2 where Chromium is
 * missing, see chromium.js.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { exportFile } from '../dist/src/app/export/export-file.js';
import { createBackend, createModel } from '../dist/src/index.js';
import { inChromium } from './chromium.js';

/** Networks that have all kernels of inference between them. */
const NETWORKS = {
  transposed: { filters: [8, 16, 32, 48], norm: 'batch' },
  bilinear: { filters: [3, 10, 24], inChannels: 3, classes: 3, norm: 'group', upsample: 'bilinear' },
  nearest: { filters: [8, 16, 24], norm: 'instance', upsample: 'nearest' },
};
const SIZE = { width: 96, height: 64 };

/** How a program is called, by the beginning of its name. */
const CALLS = {
  node: ['run.mjs', '--hex'],
  deno: ['run', '--allow-read', 'run.mjs', '--hex'],
  bun: ['run.mjs', '--hex'],
  gjs: ['-m', 'run.mjs', '--hex'],
  jsc: ['-m', 'run.mjs', '--', '--hex'],
};

const folder = mkdtempSync(join(tmpdir(), 'unetpp-edge-'));
try {
  const exports = new Map();
  for (const [name, config] of Object.entries(NETWORKS)) exports.set(name, await exported(name, config));
  const expected = [...exports.values()].map((out) => sha256(readFileSync(join(out, 'expected.bin'))));
  const rows = [];
  for (const program of [process.execPath, ...process.argv.slice(2), ...['gjs', 'jsc'].filter(isInstalled)]) {
    rows.push([versionOf(program), [...exports.values()].map((out) => sha256(probabilitiesOf(program, out)))]);
  }
  await inChromium(
    (url) => answer(exports, url),
    async ({ page, name }) => {
      const found = [];
      for (const network of exports.keys())
        found.push(sha256(Buffer.from(await page.evaluate(runInPage, network), 'hex')));
      rows.push([name, found]);
    },
  );
  console.log(`| | ${[...exports.keys()].join(' | ')} |\n| --- |${' --- |'.repeat(exports.size)}`);
  for (const [name, found] of [['the library', expected], ...rows]) {
    console.log(`| ${name} | ${found.map((digest) => `\`${digest.slice(0, 16)}\``).join(' | ')} |`);
    if (found.some((digest, k) => digest !== expected[k])) process.exitCode = 1;
  }
  console.log(
    `\n${process.exitCode === 1 ? 'Bytes differ.' : 'All bytes are equal.'} ${new Date().toISOString().slice(0, 10)}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** Exports a network with initial values. Returns the folder. */
async function exported(name, config) {
  const model = createModel(config, { backend: await createBackend('wasm'), seed: 7 });
  const file = join(folder, `${name}.safetensors`);
  await model.save(file);
  const out = join(folder, name);
  await exportFile({ model: file, format: 'edge', out, size: SIZE, weights: 'f32' });
  return out;
}

function probabilitiesOf(program, cwd) {
  const lines = execFileSync(program, callOf(program), { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 })
    .trimEnd()
    .split('\n');
  return Buffer.from(lines.at(-1), 'hex');
}

function callOf(program) {
  return Object.entries(CALLS).find(([name]) => basename(program).startsWith(name))[1];
}

function versionOf(program) {
  const name = basename(program);
  if (name === 'jsc') return `jsc, ${packageVersion('libjavascriptcoregtk-4.0-bin')}`;
  const [line] = execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n');
  if (line.startsWith('v')) return `Node ${line.slice(1)}`;
  return name === 'bun' ? `Bun ${line}` : line.replace('deno', 'Deno').replace(/ \(.*/, '');
}

function packageVersion(name) {
  return execFileSync('dpkg-query', ['-W', '-f', '$' + '{Package} $' + '{Version}', name], { encoding: 'utf8' });
}

function isInstalled(program) {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    console.error(`${program} is not installed, so it is left out`);
    return false;
  }
}

function answer(exports, url) {
  if (url === '/') return { type: 'text/html', body: `<!doctype html><script src="/transposed/runner.js"></script>` };
  const [, network, name] = url.split('/');
  if (!exports.has(network)) return undefined;
  const type = name === 'runner.js' ? 'text/javascript' : 'application/octet-stream';
  return { type, body: readFileSync(join(exports.get(network), name)) };
}

/** The probabilities of the test image as hexadecimal digits. This text runs in the page. */
async function runInPage(network) {
  const read = async (name) => new Uint8Array(await (await fetch(`/${network}/${name}`)).arrayBuffer());
  const kernels = await WebAssembly.compile(await read('kernels.wasm'));
  const files = { plan: await read('plan.json'), kernels, weights: await read('weights.bin') };
  const probabilities = new globalThis.unetppEdge.Network(files).test(
    await read('input.bin'),
    await read('expected.bin'),
  );
  return Array.from(new Uint8Array(probabilities.buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
