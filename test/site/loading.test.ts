/** How much the page loads, when, and that it does without a network after the first visit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'jpeg-js';
import * as assert from 'uvu/assert';
import { sizesOf } from '../../site/host/sizes.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { ready, siteSuite } from '../support/site/site-suite.js';

/** What may be loaded before the page can be used, compressed. */
const FIRST_LOAD_BYTES = 250 * 1024;

const test = siteSuite('the loading of the page');

test('before it can be used, the page loads less than 250 KB, and no model', async (site) => {
  const { url } = await site.serve();
  const context = await site.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const loaded = new Set<string>();
  context.on('request', (request) => loaded.add(request.url().slice(url.length) || 'index.html'));
  await page.goto(url);
  await ready(page);
  const unexpected = [...loaded].filter((path) => !site.files.first.includes(path));
  assert.equal(unexpected, []);
  assert.ok(loaded.has('index.html'));
  assert.is([...loaded].filter((path) => path.includes('/engine-')).length, 1);
  const { gzip, brotli } = sizesOf(site.folder, site.files.first);
  const kilobytes = (bytes: number) => (bytes / 1024).toFixed(0);
  console.log(
    `note: the first load of the page takes ${kilobytes(gzip)} KB by gzip, ${kilobytes(brotli)} KB by Brotli`,
  );
  assert.ok(gzip < FIRST_LOAD_BYTES, `${gzip} bytes`);
});

test('names of files change with their content, and the page names no other host', async (site) => {
  const hashed = [...site.files.first, ...site.files.later].filter((path) => path.startsWith('assets/'));
  for (const path of hashed) assert.match(path, /-[0-9A-Z]{8}\.\w+$/);
  assert.is(hashed.filter((path) => path.endsWith('.safetensors')).length, 2);
  const html = readFileSync(join(site.folder, 'index.html'), 'utf8');
  assert.equal(
    [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, address]) => address)
      .filter((address) => /^\/|:/.test(address!)),
    [],
  );
});

test('after the first visit the page does without its host, readers of other formats included', async (site) => {
  const { url, close } = await site.serve();
  const page = await site.visit(url);
  await page.waitForFunction(() => document.getElementById('offline')?.textContent === 'works');
  await page.context().setOffline(true);
  await close();
  await page.goto(`${url}?epochs=3`);
  await ready(page);
  await page.waitForSelector('#option-epochs');
  assert.is(await page.inputValue('#option-epochs'), '3');
  const png = encodePng({ width: 5, height: 4, channels: 1, data: new Uint8Array(20) });
  const { data: jpeg } = encode({ width: 5, height: 4, data: new Uint8Array(80) }, 90);
  await page.setInputFiles('#files', [
    { name: 'a.png', mimeType: '', buffer: Buffer.from(png) },
    { name: 'b.jpg', mimeType: '', buffer: jpeg },
    { name: 'c.png', mimeType: '', buffer: Buffer.from('no') },
  ]);
  for (const name of ['a', 'b']) await page.waitForSelector(`[title="${name}"] .there`);
  assert.is(await page.textContent('#open-status'), '2 images to segment.');
  assert.is(
    await page.textContent('#segment .lines'),
    'c.png: not an image of a known format: it starts with "no"; convert it to PNG',
  );
  await page.click('#sample-nuclei');
  await page.waitForSelector('#segmented');
  await page.goto(`${url}selftest/`);
  assert.is(await page.textContent('h1'), 'Does this GPU compute correctly?');
});

test.run();
