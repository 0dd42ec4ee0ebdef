/** What `npm run site` answers: headers, types, what browsers keep, and nothing that lies elsewhere. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { headersFile } from '../../site/host/headers.js';
import { type Served, serveSite } from '../../site/host/serve.js';
import { rejection } from '../support/throws.js';

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob: data:; style-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const test = suite<{ folder: string; served: Served }>('server');
test.before(async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'unetpp-serve-'));
  context.folder = join(root, 'page');
  mkdirSync(join(context.folder, 'assets'), { recursive: true });
  mkdirSync(join(context.folder, 'inner'));
  const files = { 'index.html': '<p>', 'assets/a-1.js': '1', 'assets/k.wasm': '2', 'inner/index.html': '<b>' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(context.folder, name), text);
  writeFileSync(join(root, 'secret.txt'), 'secret');
  context.served = await serveSite(context.folder);
});
test.after(async ({ folder, served }) => {
  await served.close();
  rmSync(join(folder, '..'), { recursive: true });
});

test('every file comes with the rules of the page, its type, and for how long it is kept', async ({ served }) => {
  const { headers } = await fetch(served.url);
  const names = [
    ...['content-security-policy', 'cross-origin-opener-policy', 'cross-origin-embedder-policy', 'referrer-policy'],
    ...['x-content-type-options', 'content-type', 'cache-control'],
  ];
  assert.equal(
    names.map((name) => headers.get(name)),
    [POLICY, 'same-origin', 'require-corp', 'no-referrer', 'nosniff', 'text/html; charset=utf-8', 'no-cache'],
  );
  assert.match(headers.get('permissions-policy')!, 'camera=()');
  const script = await fetch(`${served.url}assets/a-1.js`);
  assert.is(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.is(script.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.is((await fetch(`${served.url}assets/k.wasm`)).headers.get('content-type'), 'application/wasm');
  const missing = await fetch(`${served.url}no`);
  assert.equal([missing.status, missing.headers.get('content-security-policy')], [404, POLICY]);
});

test('--no-isolation leaves two headers away and keeps all others', async ({ folder }) => {
  const served = await serveSite(folder, { isolated: false });
  const { headers } = await fetch(served.url);
  await served.close();
  assert.is(headers.get('cross-origin-opener-policy'), null);
  assert.is(headers.get('cross-origin-embedder-policy'), null);
  assert.is(headers.get('content-security-policy'), POLICY);
});

test('a file that has not changed is not sent again', async ({ served }) => {
  const { headers } = await fetch(served.url);
  const again = await fetch(served.url, { headers: { 'if-none-match': headers.get('etag')! } });
  assert.equal([again.status, await again.text()], [304, '']);
  const other = await fetch(served.url, { headers: { 'if-none-match': '"other"' } });
  assert.equal([other.status, await other.text()], [200, '<p>']);
});

test('a folder without its slash is redirected, so that relative addresses hold', async ({ served }) => {
  const response = await fetch(`${served.url}inner`, { redirect: 'manual' });
  assert.equal([response.status, response.headers.get('location')], [308, '/inner/']);
  assert.is(await (await fetch(`${served.url}inner/?epochs=2`)).text(), '<b>');
});

test('no path leads out of the folder, and nothing is taken', async ({ served }) => {
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/.%00/',
    '//',
  ];
  for (const path of paths) assert.equal([path, await rawStatus(served.url, path)], [path, 404]);
  assert.is((await fetch(served.url, { method: 'POST', body: 'x' })).status, 405);
  const head = await fetch(served.url, { method: 'HEAD' });
  assert.equal([head.status, head.headers.get('content-length'), await head.text()], [200, '3', '']);
});

test('a port that is taken, and one that is none, are one line; the exit code is 2', async ({ folder, served }) => {
  const { port } = new URL(served.url);
  const taken = `--port ${port}: port ${port} of 127.0.0.1 is in use; give another one, or 0 for any`;
  assert.is(await rejection(serveSite(folder, { port: Number(port) })), taken);
  const script = fileURLToPath(new URL('../../../scripts/serve-site.js', import.meta.url));
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args]).catch((error) => error);
  const { code, stdout, stderr } = await run('--port', '70000');
  const advice = '--port 70000: not a port; give a whole number from 0 to 65535, 0 for any that is free\n';
  assert.equal([code, stdout, stderr], [2, '', advice]);
  const unknown = await run('--prot', '1');
  assert.equal([unknown.code, unknown.stdout, unknown.stderr.split('\n').length], [2, '', 2]);
});

test('other hosts find the same headers in a file', () => {
  const lines = headersFile().split('\n');
  assert.ok(lines.includes(`  Content-Security-Policy: ${POLICY}`));
  assert.equal(
    lines.filter((line) => line.startsWith('/')),
    ['/*', '/assets/*'],
  );
  assert.is(lines.at(-2), '  Cache-Control: public, max-age=31536000, immutable');
});

/** The status of a path as it is written; `fetch` would resolve its dots. */
function rawStatus(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    request({ hostname, port, path }, (response) => done(response.resume().statusCode!))
      .on('error', fail)
      .end();
  });
}

test.run();
