/** Nothing leaves the computer: what the page is not allowed, what it counts, what it says. */
import * as assert from 'uvu/assert';
import { siteSuite } from '../support/site/site-suite.js';

const test = siteSuite('the privacy of the page');

const BLOCKED = [
  ['Request (fetch)', 'blocked', 'connect-src'],
  ['Beacon when leaving (sendBeacon)', 'blocked', 'connect-src'],
  ['Connection (WebSocket)', 'blocked', 'connect-src'],
  ['Address of an image', 'blocked', 'img-src'],
  ['Form', 'blocked', 'form-action'],
  ['Request of a worker', 'blocked', 'connect-src'],
];

test('the page asks its own host alone, and every way of sending is blocked without being counted', async (site) => {
  const { url } = await site.serve();
  const context = await site.browser.newContext();
  const page = await context.newPage();
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await page.goto(url);
  await page.waitForSelector('[data-state=ready]');
  assert.equal(
    asked.filter((address) => !address.startsWith(url)),
    [],
  );
  assert.is(await page.textContent('#violations'), 'Blocked attempts to send: 0');
  await page.click('#try-sending');
  await page.waitForSelector('#sending-results');
  const rows = await page.$$eval('#sending-results tbody tr', (found) =>
    found.map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  assert.equal(rows, BLOCKED);
  assert.is(await page.textContent('#sending'), 'All 6 ways were blocked.');
  assert.is(await page.textContent('#violations'), 'Blocked attempts to send: 0');
  assert.is(page.url(), url);
});

test('what is blocked beside the test is counted once each, on the page and in a worker', async (site) => {
  const { url } = await site.serve();
  const page = await site.visit(url);
  const count = (n: number) => page.waitForFunction(textIs, ['#violations', `Blocked attempts to send: ${n}`] as const);
  await page.evaluate(() => fetch('https://elsewhere.invalid/a').catch(() => {}));
  await count(1);
  await page.evaluate(() => fetch('https://elsewhere.invalid/a').catch(() => {}));
  await count(2);
  const [worker] = page.workers();
  await worker!.evaluate(() => fetch('https://elsewhere.invalid/b').catch(() => {}));
  await count(3);
  await page.click('text=What else was blocked');
  assert.match(
    (await page.textContent('section[aria-labelledby=privacy-title] li:last-child'))!,
    'https://elsewhere.invalid/b, by connect-src, in a worker',
  );
});

test('without the headers of isolation the page says so, and has them by itself from the second visit on', async (site) => {
  const { url } = await site.serve({ isolated: false });
  const page = await site.visit(url);
  assert.is(await page.textContent('#computing'), 'WebAssembly, 1 thread');
  assert.is(
    await page.textContent('#computer .notice'),
    'One thread: this host does not send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, without which threads may not share memory.',
  );
  await page.waitForFunction(textIs, ['#offline', 'works'] as const);
  await page.reload();
  await page.waitForSelector('[data-state=ready]');
  assert.is(await page.evaluate(() => crossOriginIsolated), true);
  assert.is(await page.$('#computer .notice'), null);
});

test('what is stored can be deleted', async (site) => {
  const { url } = await site.serve();
  const page = await site.visit(url);
  await page.waitForFunction(textIs, ['#offline', 'works'] as const);
  await page.evaluate(async () => {
    await (await navigator.storage.getDirectory()).getDirectoryHandle('runs', { create: true });
  });
  await page.click('#forget');
  await page.waitForFunction(textIs, ['#forgotten', 'All of it is deleted.'] as const);
  const left = await page.evaluate(async () => {
    const names: string[] = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return [names, await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length];
  });
  assert.equal(left, [[], [], 0]);
});

/** In the page: whether an element has a text. */
function textIs([selector, text]: readonly [string, string]): boolean {
  return document.querySelector(selector)?.textContent === text;
}

test.run();
