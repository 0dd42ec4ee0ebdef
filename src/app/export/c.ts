/** `export --format c`: a folder with a program in C that a Makefile builds, and which needs nothing else; see docs/edge.md. */
import { InputError } from '../../base/errors.js';
import { grouped, memorySize } from '../../base/quantities.js';
import { modelHeader, modelSource } from '../../export/c/source.js';
import { type EdgeProgram, PAGE_BYTES } from '../../export/edge/program.js';
import { readCRuntime } from '../../platform/node/c-runtime.js';
import { checkedFiles } from './edge.js';
import type { Exporter } from './exporter.js';
import { fixNetwork } from './fixed-network.js';

/** Addresses are of type int32_t in C. */
const MOST_BYTES = 2 ** 31 - 1;

export const c: Exporter = {
  help: 'a folder for one size of image with a program in C, which `make` builds',
  target: 'folder',
  takes: ['size', 'weights'],
  async export(model, request) {
    const fixed = await fixNetwork(model, request);
    const { program, weights, description, maxDifference } = fixed;
    checkMemory(program);
    const checked = await checkedFiles(fixed);
    const { normalisation } = description.preprocessing;
    const options = { program, weights: weights.entries, normalisation, threshold: description.threshold };
    const files = {
      'model.c': modelSource(options),
      'model.h': modelHeader(options),
      'model_weights.bin': checked['weights.bin'],
      'input.bin': checked['input.bin'],
      'expected.bin': checked['expected.bin'],
      ...readCRuntime(),
    };
    return {
      files: Object.entries(files).map(([name, content]) => ({ name, content })),
      maxDifference,
      remarks: [
        `checked in WebAssembly: the kernels and calls that model.c is a translation of, with model_weights.bin; \`make check\` compares what a compiler makes of them`,
        `memory while it runs: ${grouped(program.pages * PAGE_BYTES)} bytes`,
      ],
    };
  },
};

/** @throws InputError for a network that needs more memory than addresses in C reach */
export function checkMemory({ pages, input }: Pick<EdgeProgram, 'pages' | 'input'>): void {
  if (pages * PAGE_BYTES <= MOST_BYTES) return;
  throw new InputError(
    `--size ${input.width}x${input.height}: the network needs ${memorySize(pages * PAGE_BYTES)} of memory, and the program in C holds ${memorySize(MOST_BYTES)} at most; state a smaller size`,
  );
}
