/**
 * `npm run edge:sizes`: what a network takes on a device, for networks and levels at 128x128: bytes of the files that
 * `export --format edge` writes, of the program that a C compiler makes of `export --format c`, where there is one, and of
 * the memory that they run in. It prints Markdown.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { c } from '../dist/src/app/export/c.js';
import { testImage } from '../dist/src/app/export/check.js';
import { writePlan } from '../dist/src/export/edge/plan-file.js';
import { PAGE_BYTES } from '../dist/src/export/edge/program.js';
import { recordProgram } from '../dist/src/export/edge/record.js';
import { encodeWeightsFile } from '../dist/src/export/edge/weights-file.js';
import { createBackend, createModel, prune } from '../dist/src/index.js';
import { readKernels } from '../dist/src/platform/node/package-files.js';

const SIZE = { batch: 1, height: 128, width: 128 };
const FILTERS = [8, 16, 32].map((first) => [1, 2, 4, 8, 16].map((factor) => first * factor));
const FORMATS = ['f32', 'f16', 'int8'];
const isCompiled = ['gcc', 'make'].every((tool) => spawnSync(tool, ['--version']).status === 0);

const kernels = readKernels('unetpp');
const backend = await createBackend('wasm');
console.log(
  '| filters | network | kernels | plan | weights f32 | f16 | int8 | all with f32 | all with int8 | in C with int8 | memory |',
);
console.log(`| --- | ---${' | ---:'.repeat(9)} |`);
for (const filters of FILTERS) {
  const model = createModel({ filters }, { backend });
  for (const level of [1, 2, 3, 4]) {
    const pruned = prune(model, level);
    const program = recordProgram(pruned.record('accurate', SIZE), kernels);
    const values = await pruned.parameters.read();
    const [f32, f16, int8] = FORMATS.map((format) => sizesOf(program, values, format, pruned.card));
    const code = program.kernels.length;
    const all = ({ plan, weights }) => code + plan + weights;
    const weights = [f32, f16, int8].map((sizes) => sizes.weights);
    const inC = isCompiled ? await programBytes(pruned) : undefined;
    const sizes = [code, f32.plan, ...weights, all(f32), all(int8), inC, program.pages * PAGE_BYTES];
    const cells = sizes.map((bytes) => bytes?.toLocaleString('en-US') ?? '-');
    console.log(`| ${filters.join(', ')} | L${level} | ${cells.join(' | ')} |`);
    pruned.free();
  }
  model.free();
}
const compiler = isCompiled
  ? `gcc ${execFileSync('gcc', ['-dumpfullversion'], { encoding: 'utf8' }).trim()}`
  : 'no gcc';
console.log(`\nBytes, ${new Date().toISOString().slice(0, 10)}, ${process.arch}, ${compiler}.`);

/** The bytes of the plan and of the weights. */
function sizesOf(program, values, format, { preprocessing }) {
  const { bytes, entries } = encodeWeightsFile(program.weights, values, format, 'model');
  const image = new Uint8Array(4 * SIZE.height * SIZE.width);
  const files = { 'kernels.wasm': program.kernels, 'weights.bin': bytes, 'input.bin': image, 'expected.bin': image };
  return { plan: writePlan(program, entries, files, { preprocessing, threshold: 0.5 }).length, weights: bytes.length };
}

/** The bytes of the program with its weights in it, without symbols. */
async function programBytes(model) {
  const image = testImage(SIZE, model.config.inChannels);
  const { files } = await c.export(model, { file: 'model', size: SIZE, weights: 'int8', image });
  const folder = mkdtempSync(join(tmpdir(), 'unetpp-sizes-'));
  try {
    for (const { name, content } of files) writeFileSync(join(folder, name), content);
    execFileSync('make', ['NATIVE=', 'LDFLAGS=-s', 'segment'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return statSync(join(folder, 'segment')).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
