/** The live page and the report: what they show, that they ask nobody else, and that only this machine is answered. */
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { startChromium } from '../../support/browser/chromium.js';
import { suiteInFolder } from '../../support/cli/cli.js';
import { trainWatched } from '../../support/training/watched-run.js';

const test = suiteInFolder('live page');
const browser = await startChromium();

/** The status of a request whose Host is another than that of the address. */
function statusFor(url: string, host: string, method = 'GET'): Promise<number | undefined> {
  return new Promise((done, failed) => {
    const asked = request(url, { method, headers: { host }, agent: false }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    });
    asked.on('error', failed).end();
  });
}

/** Opens an address in a tab that takes note of what is asked, and of errors. */
async function tabAt(url: string, options: Parameters<NonNullable<typeof browser>['newPage']>[0] = {}) {
  const page = await browser!.newPage(options);
  const asked: string[] = [];
  const errors: string[] = [];
  page.on('request', (one) => asked.push(one.url()));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  return { page, asked, errors };
}

const ends = (page: Page) => page.locator('.curve-end').allTextContents();

test('the page follows a training, and its end is the report', async ({ dir }) => {
  let url = '';
  let tab: Awaited<ReturnType<typeof tabAt>> | undefined;
  const { run, epochs, said } = await trainWatched(dir, {
    log: ['live'],
    onEpoch: async ({ epoch }, lines) => {
      url ||= lines[0]!.replace('--log live: ', '');
      if (epoch !== 1) return;
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
      assert.is(await statusFor(url, 'evil.example'), 403);
      assert.is(await statusFor(url, 'localhost:1'), 200);
      assert.is(await statusFor(url, '127.0.0.1', 'POST'), 405);
      assert.is(await statusFor(`${url}config.json`, '127.0.0.1'), 404);
      if (browser) tab = await tabAt(url);
    },
  });
  assert.equal(said.length, 1);
  await fetch(url).then(
    () => assert.unreachable(),
    () => {},
  );
  if (tab) {
    const { page, asked, errors } = tab;
    await page.getByText('Done: 3 of 3 epochs').waitFor();
    assert.equal(errors, []);
    assert.ok(
      asked.every((one) => one.startsWith(url) || one.startsWith('data:')),
      asked.join(),
    );
    assert.ok((await ends(page)).includes(`mean ${epochs[2]!.validation.dice.toFixed(3)}`));
    await page.close();
  }
  assert.ok(existsSync(join(run, 'report.html')));
});

test('the report of a resumed run shows the whole run in one file, wide and narrow, light and dark', async ({
  dir,
}) => {
  await trainWatched(dir, { log: [], failAtStep: 4 });
  const { run, said, epochs } = await trainWatched(dir, { log: ['report'], resume: true });
  assert.equal([said, epochs.length], [[], 2]);
  const file = join(run, 'report.html');
  const html = readFileSync(file, 'utf8');
  assert.not.match(html, /\b(?:src|href)=["']?(?!data:)[^"' >]/);
  assert.not.ok(html.includes(dir), 'a path of this machine');
  if (!browser) return;
  const { page, asked, errors } = await tabAt(pathToFileURL(file).href, { viewport: { width: 360, height: 800 } });
  assert.ok(
    asked.every((one) => /^(file|data):/.test(one)),
    asked.join(),
  );
  assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  const all = page.getByText('All epochs as a table');
  await all.click();
  assert.is(await page.locator('details tbody tr').count(), 3);

  // By keys alone: two epochs are left of three, then all again.
  const area = page.locator('.area').first();
  const path = () => page.locator('.curve.series-1').first().getAttribute('d');
  const before = await path();
  await area.focus();
  await page.keyboard.press('+');
  const zoomed = await path();
  assert.is.not(zoomed, before);
  await page.keyboard.press('0');
  assert.is(await path(), before);

  // By a drag across the middle.
  const box = (await area.boundingBox())!;
  await page.mouse.move(box.x + 60, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 130, box.y + 60);
  await page.mouse.up();
  assert.is.not(await path(), before);

  const grounds = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
  }
  assert.is.not(grounds[0], grounds[1]);
  assert.equal(errors, []);
  await page.close();
});

test.after(async () => {
  await browser?.close();
});

test.run();
