/** `"sideEffects": false` in package.json is true: a bundle holds what it uses, and no more. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as assert from 'uvu/assert';
import { suiteInFolder } from '../support/cli/cli.js';
import { optionalPackages } from '../support/optional-packages.js';

const test = suiteInFolder('tree-shaking');
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** The files of src that leave code in a bundle for the browser which imports `name` from the core. */
async function filesOf(dir: string, name: string): Promise<string[]> {
  const page = join(dir, name);
  mkdirSync(join(page, 'node_modules'), { recursive: true });
  symlinkSync(PACKAGE, join(page, 'node_modules/unetpp'), 'dir');
  const { metafile } = await build({
    stdin: { contents: `import { ${name} } from 'unetpp/core';\nconsole.log(${name});`, resolveDir: page },
    ...{ bundle: true, platform: 'browser', format: 'esm', outdir: join(page, 'out') },
    ...{ external: optionalPackages(), write: false, metafile: true, logLevel: 'silent' },
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return used.flatMap(([path]) => /\/dist\/src\/(.+)/.exec(`/${path}`)?.[1] ?? []);
}

/** The folders of these files. */
async function foldersOf(dir: string, name: string): Promise<string[]> {
  return [...new Set((await filesOf(dir, name)).flatMap((path) => /^(\w+)\//.exec(path)?.[1] ?? []))].sort();
}

test('a page that predicts carries nothing of the training', async ({ dir }) => {
  const folders = await foldersOf(dir, 'decodeModel');
  assert.ok(folders.includes('model') && folders.includes('infer'), `${folders}`);
  const unused = ['data', 'evaluate', 'export', 'loss', 'study', 'train'];
  assert.equal(
    folders.filter((folder) => unused.includes(folder)),
    [],
  );
});

test('a page that makes masks carries neither a network nor a backend', async ({ dir }) => {
  assert.equal(await foldersOf(dir, 'toMask'), ['infer']);
});

test('a page carries the backend that it uses, and not the other', async ({ dir }) => {
  const backendsOf = async (name: string) => {
    const found = (await filesOf(dir, name)).flatMap((path) => /^backend\/(\w+)\//.exec(path)?.[1] ?? []);
    return [...new Set(found)];
  };
  assert.equal(await backendsOf('WasmBackend'), ['wasm']);
  assert.equal(await backendsOf('WebGpuBackend'), ['webgpu']);
});

test('a page that trains carries the training', async ({ dir }) => {
  assert.ok((await foldersOf(dir, 'trainModel')).includes('train'));
});

test.run();
