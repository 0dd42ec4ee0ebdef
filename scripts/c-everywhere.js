/**
 * `npm run c:everywhere [-- ROUNDS]`: exports networks with `--format c` and builds them with the compilers that there are:
 * gcc, clang, and gcc for other processors, whose programs QEMU runs (Debian's packages gcc-aarch64-linux-gnu,
 * gcc-arm-linux-gnueabihf, gcc-riscv64-linux-gnu, qemu-user-static). Prints two tables in Markdown: the SHA-256 of the
 * probabilities of the test image, for the networks of edge-everywhere.js, and the processor time that an image takes on
 * one thread, measured in turns with this Node. The exit code is 1 where a bit differs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { c } from '../dist/src/app/export/c.js';
import { testImage } from '../dist/src/app/export/check.js';
import { edge } from '../dist/src/app/export/edge.js';
import { createBackend, createModel, prune } from '../dist/src/index.js';
import { loadEdgeRunner } from '../dist/src/platform/node/edge-runner.js';

const [ROUNDS = 7] = process.argv.slice(2).map(Number);
/** How long a measurement takes at least, in seconds, and how long V8 is given to compile its best code. */
const [SECONDS, WARMING] = [0.5, 2];

/** Networks that have all kernels of inference between them. */
const NETWORKS = {
  transposed: { filters: [8, 16, 32, 48], norm: 'batch' },
  bilinear: { filters: [3, 10, 24], inChannels: 3, classes: 3, norm: 'group', upsample: 'bilinear' },
  nearest: { filters: [8, 16, 24], norm: 'instance', upsample: 'nearest' },
};
const SIZE = { width: 96, height: 64 };

/** Networks that are measured, at 128x128. */
const MEASURED = {
  'L1 of 8…128': { filters: [8, 16, 32, 64, 128], level: 1 },
  '8…128': { filters: [8, 16, 32, 64, 128] },
  '16…256': { filters: [16, 32, 64, 128, 256] },
};
const MEASURED_SIZE = { width: 128, height: 128 };

const FLAGS = ['-std=c11', '-O3', '-Wall', '-Wextra', '-Werror', '-ffp-contract=off'];
const BUILDS = [
  { name: 'gcc', compiler: 'gcc', flags: [] },
  { name: 'gcc -march=native', compiler: 'gcc', flags: ['-march=native'] },
  { name: 'clang', compiler: 'clang', flags: [] },
  { name: 'clang -march=native', compiler: 'clang', flags: ['-march=native'] },
  emulated('ARM64', 'aarch64-linux-gnu-gcc', 'qemu-aarch64-static'),
  emulated('ARM of 32 bits, without NEON', 'arm-linux-gnueabihf-gcc', 'qemu-arm-static'),
  emulated('RISC-V', 'riscv64-linux-gnu-gcc', 'qemu-riscv64-static'),
].filter(({ compiler, emulator }) => isInstalled(compiler) && (!emulator || isInstalled(emulator)));

/** Prints the seconds of processor time that an image takes, over as many as fill the time. */
const BENCH = `#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "model.h"
static _Alignas(16) float memory[UNETPP_MEMORY_BYTES / sizeof(float)];
static float image[UNETPP_HEIGHT * UNETPP_WIDTH * UNETPP_CHANNELS];
static double now(void) { return (double)clock() / CLOCKS_PER_SEC; }
int main(int count, char **arguments) {
  FILE *file = fopen("input.bin", "rb");
  if (count != 2 || !file || fread(image, sizeof image, 1, file) != 1) return 1;
  unetpp_init(memory);
  unetpp_run(memory, image);
  int runs = 0;
  const double begun = now();
  while (now() - begun < atof(arguments[1])) unetpp_run(memory, image), runs++;
  printf("%.9f\\n", (now() - begun) / runs);
  return 0;
}
`;

const folder = mkdtempSync(join(tmpdir(), 'unetpp-c-'));
try {
  await compareBits();
  console.log();
  await compareTimes();
  console.log(`\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}`);
} finally {
  rmSync(folder, { recursive: true });
}

async function compareBits() {
  const exported = [];
  for (const [name, config] of Object.entries(NETWORKS)) {
    exported.push(await exportTo(join(folder, name), await modelOf(config), SIZE));
  }
  const expected = exported.map((out) => sha256(readFileSync(join(out, 'expected.bin'))));
  const rows = BUILDS.map((build) => [build.name, exported.map((out) => segmented(build, out))]);
  console.log(`| | ${Object.keys(NETWORKS).join(' | ')} |\n| --- |${' --- |'.repeat(exported.length)}`);
  for (const [name, found] of [['the library', expected], ...rows]) {
    console.log(`| ${name} | ${found.map((digest) => `\`${digest.slice(0, 16)}\``).join(' | ')} |`);
    if (found.some((digest, k) => digest !== expected[k])) process.exitCode = 1;
  }
}

async function compareTimes() {
  const native = BUILDS.filter(({ emulator }) => !emulator);
  console.log(`| | WebAssembly | ${native.map(({ name }) => name).join(' | ')} | program |`);
  console.log(`| --- | ${'---: | '.repeat(native.length + 2)}`.trimEnd());
  for (const [name, { level, ...config }] of Object.entries(MEASURED)) {
    const whole = await modelOf(config);
    const model = level ? prune(whole, level) : whole;
    const out = await exportTo(join(folder, name), model, MEASURED_SIZE);
    writeFileSync(join(out, 'bench.c'), BENCH);
    const programs = native.map((build) => built(build, out, 'bench'));
    const entrants = [
      await inNode(model),
      ...programs.map((program) => () => Number(run(program, [`${SECONDS}`], out))),
    ];
    const times = entrants.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [k, measure] of entrants.entries()) times[k].push(measure());
    }
    const [reference, ...others] = times.map(median);
    const cells = others.map((time) => `${milliseconds(time)}, ${(reference / time).toFixed(2)}x`);
    const kilobytes = Math.round(statSync(programs[0]).size / 1024);
    console.log(`| ${name} | ${milliseconds(reference)} | ${cells.join(' | ')} | ${kilobytes} KB |`);
  }
}

async function modelOf(config) {
  return createModel(config, { backend: await createBackend('wasm', { threads: 1 }), seed: 7 });
}

function requestFor(model, size) {
  return { file: 'model.safetensors', size, image: testImage(size, model.config.inChannels) };
}

/** Exports a model into a folder, which is made. Returns it. */
async function exportTo(out, model, size) {
  const { files } = await c.export(model, requestFor(model, size));
  mkdirSync(out);
  for (const { name, content } of files) writeFileSync(join(out, name), content);
  return out;
}

/** Builds a program of a folder, whose main function is in the file of its name. Returns its path. */
function built({ name, compiler, flags }, cwd, main) {
  const program = join(cwd, `${main} of ${name}`);
  const sources = [`${main}.c`, 'model.c', 'model_weights.c'];
  execFileSync(compiler, [...FLAGS, ...flags, '-o', program, ...sources, '-lm'], { cwd, stdio: 'inherit' });
  return program;
}

/** The SHA-256 of the probabilities that a program computes of the test image. */
function segmented(build, cwd) {
  const program = built(build, cwd, 'main');
  run(program, ['input.bin', 'mask.pgm', 'found.bin'], cwd, build.emulator);
  return sha256(readFileSync(join(cwd, 'found.bin')));
}

function run(program, args, cwd, emulator) {
  return execFileSync(emulator ?? program, emulator ? [program, ...args] : args, { cwd, encoding: 'utf8' });
}

/** What measures a model in this process, as `--format edge` exports it. */
async function inNode(model) {
  const { files } = await edge.export(model, requestFor(model, MEASURED_SIZE));
  const file = (name) => files.find((each) => each.name === name).content;
  const { Network } = await loadEdgeRunner();
  const network = new Network({ plan: file('plan.json'), kernels: file('kernels.wasm'), weights: file('weights.bin') });
  const image = new Float32Array(Uint8Array.from(file('input.bin')).buffer);
  const now = () => process.cpuUsage().user / 1e6;
  const measure = (seconds) => {
    const begun = now();
    let runs = 0;
    for (; now() - begun < seconds; runs++) network.run(image);
    return (now() - begun) / runs;
  };
  measure(WARMING);
  return () => measure(SECONDS);
}

function emulated(name, compiler, emulator) {
  return { name: `gcc for ${name}`, compiler, flags: ['-static'], emulator };
}

function isInstalled(program) {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
  if (!found) console.error(`${program} is not installed, so it is left out`);
  return found;
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function milliseconds(seconds) {
  return `${(1000 * seconds).toFixed(1)} ms`;
}
