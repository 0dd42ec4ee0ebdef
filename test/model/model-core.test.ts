/** What a browser loads imports nothing from Node. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optionalPackages } from '../support/optional-packages.js';

/** Seen from `dist/test`. */
const SRC = resolve(import.meta.dirname, '../../src');
const IMPORT = /(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\s*\(?\s*['"]([^'"]+)['"]/g;

/** What `entry` imports, files and packages, directly and through others. */
function imports(entry: string, seen = new Set<string>()): Set<string> {
  for (const match of readFileSync(entry, 'utf8').matchAll(IMPORT)) {
    const name = (match[1] ?? match[2])!;
    const target = name.startsWith('.') ? join(dirname(entry), name) : name;
    if (seen.has(target)) continue;
    seen.add(target);
    if (name.startsWith('.')) imports(target, seen);
  }
  return seen;
}

test('the core reaches no module of Node and nothing of a platform, of the application and the command line', () => {
  const reached = [...imports(join(SRC, 'core.js'))];
  for (const part of [
    'train/trainer.js',
    'train/checkpoint/checkpoint.js',
    'data/phantom/phantom.js',
    'data/split/folds.js',
  ]) {
    assert.ok(reached.includes(join(SRC, part)), part);
  }
  const optional = optionalPackages();
  const isOptional = (name: string) => optional.some((known) => name === known || name.startsWith(`${known}/`));
  assert.equal(reached.filter((name) => !name.startsWith('/') && !isOptional(name)).sort(), [
    '@assemblyscript/loader',
    'fflate',
  ]);
  assert.equal(
    reached.filter((name) => /src[/\\](platform|report|app|cli)[/\\]/.test(name)),
    [],
  );
});

test('the Node entry adds the files of the disk to it', () => {
  const reached = imports(join(SRC, 'index.js'));
  assert.ok(reached.has('node:fs') && reached.has(join(SRC, 'platform/node/data.js')));
});

test.run();
