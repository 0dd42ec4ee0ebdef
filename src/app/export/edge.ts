/** `export --format edge`: a folder that runs without the library, on whatever has WebAssembly; see docs/edge.md. */
import { loadEdgeRunner, readEdgeRunner } from '#platform/edge-runner.js';
import { asBytes } from '../../base/bytes.js';
import { invariant } from '../../base/errors.js';
import { grouped } from '../../base/quantities.js';
import { writePlan } from '../../export/edge/plan-file.js';
import { PAGE_BYTES } from '../../export/edge/program.js';
import { identical } from '../../selftest/compare.js';
import type { Exporter } from './exporter.js';
import { type FixedNetwork, fixNetwork } from './fixed-network.js';

export const edge: Exporter = {
  help: 'a folder for one size of image that runs without unetpp, wherever there is WebAssembly',
  target: 'folder',
  takes: ['size', 'weights'],
  async export(model, request) {
    const fixed = await fixNetwork(model, request);
    const { program, maxDifference } = fixed;
    const files = await checkedFiles(fixed);
    const named = { ...files, ...(await readEdgeRunner()) };
    return {
      files: Object.entries(named).map(([name, content]) => ({ name, content })),
      maxDifference,
      remarks: [
        `kernels, plan and weights: ${grouped(files['kernels.wasm'].length + files['plan.json'].length + files['weights.bin'].length)} bytes; memory while it runs: ${grouped(program.pages * PAGE_BYTES)} bytes`,
      ],
    };
  },
};

/** The files of a network, which have given the bits of the model when the runner was run on them. */
export async function checkedFiles({ program, weights, description, input, expected }: FixedNetwork) {
  const files = {
    'kernels.wasm': program.kernels,
    'weights.bin': weights.bytes,
    'input.bin': asBytes(input),
    'expected.bin': asBytes(expected),
  };
  const plan = new TextEncoder().encode(writePlan(program, weights.entries, files, description));
  const { Network } = await loadEdgeRunner();
  const network = new Network({ plan, kernels: files['kernels.wasm'], weights: files['weights.bin'] });
  invariant(identical(network.run(input), expected), 'the exported network gives other bits than the model');
  return { ...files, 'plan.json': plan };
}
