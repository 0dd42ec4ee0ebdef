/** How scripts, workers and other files get into the folder of the page. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bundler } from '../../site/host/bundle.js';

const test = suite<{ dir: string; out: string }>('bundle');
test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'unetpp-bundle-'));
  context.out = join(context.dir, 'out');
  mkdirSync(join(context.dir, 'models'));
  put(context.dir, {
    'main.js': `import { shared } from './shared.js';
      new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
      const model = new URL("./models/m.bin", import.meta.url);
      export const values = [shared, model, VERSION, () => import('./rare.js')];`,
    'worker.js': `import { shared } from './shared.js'; fetch(new URL('./k.wasm', import.meta.url), shared);`,
    'shared.js': 'export const shared = { a: 1 };',
    'rare.js': 'export const rare = "only sometimes";',
    'k.wasm': 'kernels',
    'models/m.bin': 'weights',
  });
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true }));

test('what a script names by its URL comes along, told apart by when it is loaded', async ({ dir, out }) => {
  const { path, first, later } = await bundle(dir, out);
  assert.equal(names(first), ['k.wasm', 'main.js', 'worker.js']);
  assert.equal(names(later), ['m.bin', 'rare.js']);
  const script = readFileSync(join(out, path), 'utf8');
  for (const file of [...first, ...later].filter((one) => /worker|m-|rare/.test(one))) {
    assert.match(script, basename(file));
  }
  assert.match(script, '"1.2.3"');
  const worker = [...first].find((file) => file.includes('worker'))!;
  const kernels = [...first].find((file) => file.endsWith('.wasm'))!;
  assert.match(readFileSync(join(out, worker), 'utf8'), `new URL("${basename(kernels)}",import.meta.url)`);
  assert.is(readFileSync(join(out, kernels), 'utf8'), 'kernels');
});

test('a name changes with the content of the file, and with that of what it names', async ({ dir, out }) => {
  const before = await bundle(dir, out);
  put(dir, { 'k.wasm': 'other kernels' });
  const after = await bundle(dir, out);
  const changed = [...after.first].filter((file) => !before.first.has(file));
  assert.equal(names(changed), ['k.wasm', 'main.js', 'worker.js']);
  assert.equal([...after.later], [...before.later]);
});

test('a file that is not there ends the build, and is named', async ({ dir, out }) => {
  rmSync(join(dir, 'k.wasm'));
  const message = await bundle(dir, out).then(
    () => 'none',
    (error: Error) => error.message,
  );
  assert.match(message, 'k.wasm');
});

function bundle(dir: string, out: string) {
  const define = { VERSION: '"1.2.3"' };
  return new Bundler(out, define, (file) => file.startsWith(join(dir, 'models'))).add(join(dir, 'main.js'));
}

/** Names of files without their digests. */
function names(paths: Iterable<string>): string[] {
  return [...paths].map((path) => basename(path).replace(/-[0-9A-Z]{8}/, '')).sort();
}

function put(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
}

test.run();
