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

test('the page asks its own host alone, and of what is blocked it counts what it did not try itself', async (site) => {
  const { url } = await site.serve();
  const context = await site.newContext();
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

test('without the headers of isolation the page says so; the second visit has them, and all that is kept can be deleted', async (site) => {
  const { url } = await site.serve({ isolated: false });
  const page = await site.visit(url);
  assert.is(await page.textContent('#computing'), 'WebAssembly, 1 thread');
  assert.is(
    await page.textContent('#computer .notice'),
    'The page is not cross-origin isolated, so one thread computes; serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp (or credentialless)',
  );
  await page.waitForFunction(textIs, ['#offline', 'works'] as const);
  await page.evaluate(keepData);
  await page.reload();
  await page.waitForSelector('[data-state=ready]');
  assert.is(await page.evaluate(() => crossOriginIsolated), true);
  assert.is(await page.$('#computer .notice'), null);
  await page.waitForFunction(textIs, ['#offline', 'works'] as const);
  assert.is(await page.textContent('#kept .kept-name'), 'data/cells');
  assert.is(await page.textContent('#kept .kept-what'), 'Data, 2 KB');
  await page.click('#forget-all');
  await page.click('text=Delete for good');
  await page.waitForSelector('#storage-used ~ .empty');
  assert.match((await page.textContent('#storage-used'))!, /^0 bytes of the /);
  assert.is(await page.textContent('#offline'), 'not yet');
  const left = await page.evaluate(async () => {
    const names: string[] = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return [names, await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length];
  });
  assert.equal(left, [[], [], 0]);
});

/** In the page: keeps a data set of one file, as one that was opened is kept. */
async function keepData(): Promise<void> {
  let folder = await navigator.storage.getDirectory();
  for (const name of ['data', 'cells', 'images']) folder = await folder.getDirectoryHandle(name, { create: true });
  const stream = await (await folder.getFileHandle('a.png', { create: true })).createWritable();
  await stream.write(new Uint8Array(1500));
  await stream.close();
}

/** In the page: whether an element has a text. */
function textIs([selector, text]: readonly [string, string]): boolean {
  return document.querySelector(selector)?.textContent === text;
}

test.run();
