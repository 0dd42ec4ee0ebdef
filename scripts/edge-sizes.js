/**
 * `npm run edge:sizes`: what a network takes on a device, for networks and levels at 128x128: bytes of the files that
 * `export --format edge` writes, and of the memory that they run in. It prints Markdown.
 */
import { writePlan } from '../dist/src/export/edge/plan-file.js';
import { recordProgram } from '../dist/src/export/edge/record.js';
import { encodeWeightsFile } from '../dist/src/export/edge/weights-file.js';
import { createBackend, createModel, prune } from '../dist/src/index.js';
import { readKernels } from '../dist/src/platform/node/package-files.js';

const SIZE = { batch: 1, height: 128, width: 128 };
const FILTERS = [8, 16, 32].map((first) => [1, 2, 4, 8, 16].map((factor) => first * factor));
const FORMATS = ['f32', 'f16', 'int8'];

const kernels = readKernels('unetpp');
const backend = await createBackend('wasm');
console.log(
  '| filters | network | kernels | plan | weights f32 | f16 | int8 | all with f32 | all with int8 | memory |',
);
console.log(`| --- | ---${' | ---:'.repeat(8)} |`);
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
    const sizes = [code, f32.plan, ...weights, all(f32), all(int8), program.pages * 65536];
    console.log(
      `| ${filters.join(', ')} | L${level} | ${sizes.map((bytes) => bytes.toLocaleString('en-US')).join(' | ')} |`,
    );
    pruned.free();
  }
  model.free();
}
console.log(`\nBytes, ${new Date().toISOString().slice(0, 10)}.`);

/** The bytes of the plan and of the weights. */
function sizesOf(program, values, format, { preprocessing }) {
  const { bytes, entries } = encodeWeightsFile(program.weights, values, format, 'model');
  const image = new Uint8Array(4 * SIZE.height * SIZE.width);
  const files = { 'kernels.wasm': program.kernels, 'weights.bin': bytes, 'input.bin': image, 'expected.bin': image };
  return { plan: writePlan(program, entries, files, { preprocessing, threshold: 0.5 }).length, weights: bytes.length };
}
