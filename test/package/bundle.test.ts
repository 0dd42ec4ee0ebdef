import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Format } from 'esbuild';
import * as assert from 'uvu/assert';
import { createModel, syntheticDataset, trainModel, weightsSha256 } from '../../src/index.js';
import { suiteInFolder } from '../support/cli/cli.js';
import { HANGING } from '../support/cli/outcome.js';

const test = suiteInFolder('bundle');
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** Trains for a moment with a team of threads and with workers, and prints which weights come of it. */
const PROGRAM = `
import { createBackend, createModel, openDataset, syntheticDataset, trainModel, weightsSha256 } from 'unetpp';

async function main() {
  const model = createModel({ filters: [4, 8] }, { backend: createBackend('wasm', { workers: 2, threads: 2 }) });
  const dataset = syntheticDataset({ size: 32, seed: 1, train: 4, validation: 2 });
  for await (const _ of trainModel(model, dataset, { epochs: 1, batch: 4, microBatch: 2 }));
  console.log(await weightsSha256(model));
  await createBackend('webgpu').catch(({ message }) => console.log(message));
  await openDataset('none', { size: 32, seed: 1 }).catch(({ message }) => console.log(message));
}
main().catch(({ message }) => console.log(message));
`;

/** The optional package is none of the bundle's, and is looked for when it is asked for. */
const NO_WEBGPU =
  'webgpu: the optional package "webgpu" is not installed; run "npm install webgpu", or take the wasm backend';

/** As npm does. */
function install(dir: string): void {
  mkdirSync(join(dir, 'node_modules'), { recursive: true });
  symlinkSync(PACKAGE, join(dir, 'node_modules/unetpp'), 'dir');
}

async function bundle(dir: string, format: Format): Promise<string> {
  const outfile = join(dir, 'out', format === 'esm' ? 'program.mjs' : 'program.cjs');
  await build({
    stdin: { contents: PROGRAM, resolveDir: dir },
    ...{ bundle: true, platform: 'node', format, outfile, logLevel: 'silent', external: ['h5wasm'] },
  });
  return outfile;
}

function run(program: string, cwd: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [program], { cwd, encoding: 'utf8', timeout: HANGING });
  assert.is(stderr, '');
  return stdout;
}

for (const format of ['esm', 'cjs'] as const) {
  test(`bundled as ${format}, a program trains on threads; kernels come from the installed package`, async ({
    dir,
  }) => {
    install(dir);
    const program = await bundle(dir, format);
    const model = createModel({ filters: [4, 8] });
    const dataset = syntheticDataset({ size: 32, seed: 1, train: 4, validation: 2 });
    for await (const _ of trainModel(model, dataset, { epochs: 1, batch: 4, microBatch: 2 }));
    const expected = `${await weightsSha256(model)}\n${NO_WEBGPU}\nnone: no such folder\n`;
    assert.is(run(program, dir), expected, 'seen from the bundle');

    rmSync(join(dir, 'node_modules'), { recursive: true });
    const advice = 'run `npm install unetpp` where the bundle lies';
    assert.is(run(program, dir), `unetpp: a bundle reads its kernels from the package; ${advice}\n`);
    install(join(dir, 'elsewhere'));
    assert.is(run(program, join(dir, 'elsewhere')), expected, 'seen from the working directory');
  });
}

test.run();
