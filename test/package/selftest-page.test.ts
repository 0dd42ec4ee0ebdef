/** The page of the self-test: it is whole, asks nothing of others, and tells what it finds. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optionalPackages } from '../support/optional-packages.js';

/** Seen from `dist/test/package`. */
const PACKAGE = new URL('../../../', import.meta.url);
const { pathname } = PACKAGE;

execFileSync(process.execPath, ['scripts/build-selftest-page.js'], { cwd: pathname, stdio: 'ignore' });
const read = (name: string) => readFileSync(new URL(`dist/selftest/${name}`, PACKAGE), 'utf8');
const html = read('index.html');
const script = read('selftest.js');

test('what the page loads lies beside it, and nothing else may be loaded or sent', () => {
  const loaded = [...html.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, name]) => name!);
  assert.equal(loaded, ['data:,', 'selftest.css', 'selftest.js']);
  assert.ok(loaded.slice(1).every((name) => read(name).length > 0));
  const [, policy] = html.match(/http-equiv="Content-Security-Policy"\s+content="([^"]*)"/) ?? [];
  assert.is(
    policy,
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'",
  );
  assert.not.match(html, / style="|<style| on\w+="|<script>/, 'the policy forbids what stands in the page itself');
});

test('every element that the script asks for is on the page', () => {
  const source = readFileSync(new URL('site/selftest/selftest.ts', PACKAGE), 'utf8');
  const wanted = [...source.matchAll(/part(?:<\w+>)?\('(\w+)'\)/g)].map(([, id]) => id);
  assert.ok(wanted.length > 10);
  for (const id of wanted) assert.match(html, `id="${id}"`);
});

/** A page of a browser as far as the script sees it when it is loaded. */
function load(navigator: object, isSecureContext: boolean) {
  const elements = new Map<string, Record<string, unknown>>();
  const make = () => ({ append() {}, addEventListener() {} });
  const document = {
    documentElement: { dataset: {} as { state?: string } },
    createElement: make,
    getElementById: (id: string) => elements.get(id) ?? elements.set(id, make()).get(id),
  };
  const { TextEncoder, TextDecoder } = globalThis;
  runInContext(script, createContext({ document, navigator, window: { isSecureContext }, TextEncoder, TextDecoder }));
  return { state: document.documentElement.dataset.state, ...elements.get('verdict'), ...elements.get('start') };
}

test('a browser without WebGPU, and a page that is not secure, are told so', () => {
  const { state, textContent, disabled } = load({}, true) as Record<string, unknown>;
  assert.equal([state, disabled], ['missing', true]);
  assert.match(textContent as string, /^This browser has no WebGPU/);
  assert.match((load({}, false) as { textContent?: string }).textContent!, /^Browsers offer WebGPU only .* HTTPS/);
  const ready = load({ gpu: {} }, true) as Record<string, unknown>;
  assert.equal([ready.state, ready.disabled], ['ready', false]);
});

test('the self-test is a part of the library by its own name, and none of the core', async () => {
  const bundled = async (name: string) => {
    const { metafile, outputFiles } = await build({
      stdin: { contents: `export * from 'unetpp/${name}'`, resolveDir: pathname },
      ...{ bundle: true, platform: 'browser', format: 'esm', outdir: '/out' },
      ...{ external: optionalPackages(), write: false, metafile: true, logLevel: 'silent' },
    });
    assert.not.match(outputFiles![0]!.text, /["'`]node:/);
    return Object.keys(metafile!.inputs).filter((path) => path.includes('dist/src/selftest/')).length;
  };
  assert.is(await bundled('core'), 0);
  assert.ok((await bundled('selftest')) > 10);
});

test.run();
