/** Ways through the page as people go them: from a folder to a model that is taken home, with what comes in between. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { decodeModel, weightsSha256 } from '../../src/model/modelfile.js';
import { disc, json, put, TRAIN_JS, unetpp } from '../support/cli/cli.js';
import { ready, type Site, siteSuite } from '../support/site/site-suite.js';

const test = siteSuite('ways through the page');

/** A small network, and more epochs than it does while a person acts. */
const SMALL = { epochs: '40', filters: '4,8', size: '16', seed: '9', batch: '4' };
/** The same on the phantom. */
const PHANTOM = { ...SMALL, size: '32', split: '12,4,0' };
const address = (url: string, given: Readonly<Record<string, string>>) => `${url}?${new URLSearchParams(given)}`;
const asArguments = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);

/** Runs `body` with an empty folder. */
async function inFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'unetpp-journey-'));
  try {
    await body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Waits until an element says something. */
const says = (page: Page, selector: string, text: string) =>
  page.locator(selector).filter({ hasText: text }).first().waitFor();

/** Clicks in the page the moment an element says something: from outside, a short training may be over by then. */
const clickWhen = (page: Page, [selector, text]: readonly [string, string], button: string) =>
  page.evaluate(
    ([selector, text, button]) =>
      new Promise<void>((clicked) => {
        const look = () => {
          if (!document.querySelector(selector)?.textContent?.includes(text)) return;
          watching.disconnect();
          document.querySelector<HTMLElement>(button)!.click();
          clicked();
        };
        const watching = new MutationObserver(look);
        watching.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
      }),
    [selector, text, button] as const,
  );

/** Waits for the end of a training. @returns the SHA-256 of its weights */
async function trained(page: Page): Promise<string | null> {
  await says(page, '.result', 'Trained: the model is that of epoch');
  return page.textContent('#weights-sha256');
}

async function download(page: Page, button: string): Promise<Uint8Array> {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return new Uint8Array(readFileSync(await saved.path()));
}

/** Chooses files as soon as the page takes some. */
async function open(page: Page, files: readonly ReturnType<typeof file>[]): Promise<void> {
  await page.waitForSelector('#files:enabled', { state: 'attached' });
  await page.setInputFiles('#files', files);
}

async function openSmall(site: Site, given: Readonly<Record<string, string>> = SMALL): Promise<Page> {
  const { url } = await site.serve({ isolated: true });
  return site.visit(address(url, given));
}

const png = (side: number, shade = 0) =>
  encodePng({ width: side, height: side, channels: 1, data: new Uint8Array(side * side).fill(shade) });

const file = (name: string, content: Uint8Array) => ({ name, mimeType: '', buffer: Buffer.from(content) });

test('a folder is trained on, in two visits, to the model of the command line, which is taken home', async (site) => {
  await inFolder(async (dir) => {
    for (let n = 0; n < 12; n++) {
      put(dir, `data/scans/images/n${n}.png`, disc(24 + n, 25));
      put(dir, `data/scans/masks/n${n}.png`, disc(24 + n, 25, true));
    }
    const { url } = await site.serve({ isolated: true });
    const first = await site.visit(address(url, SMALL));
    await first.setInputFiles('#folder', join(dir, 'data/scans'));
    await says(first, '#open-status', '12 images with masks to train on.');
    assert.is(await first.textContent('#look-report'), unetpp(dir, ['check', '--data', 'data/scans']).stdout.trimEnd());
    await first.click('#train:enabled');
    await says(first, '#epoch', 'of 40: Dice');
    await first.close();

    const page = await first.context().newPage();
    await page.goto(address(url, SMALL));
    await ready(page);
    await says(page, '.runs', 'Not finished yet');
    assert.match((await page.textContent('.runs li'))!, /^runs\/scans([1-9]|[123]\d) of 40 epochs on scans, saved /);
    await page.click('.runs button');
    const sha = await trained(page);
    const asked = ['--data', 'data/scans', '--out', 'same', ...asArguments(SMALL)];
    assert.is(sha, json(dir, ['train', ...asked]).weightsSha256);
    assert.is(await page.locator('.runs').count(), 0);

    const backend = new ReferenceBackend();
    const model = await decodeModel(await download(page, '#export-safetensors'), 'model.safetensors', backend);
    assert.is(await weightsSha256(model), sha);
    backend.close();
    assert.is(await page.textContent('#violations'), 'Blocked attempts to send: 0');
  });
});

test('a training that is held, gone on with, stopped and gone on with again ends as an undisturbed one', async (site) => {
  await inFolder(async (dir) => {
    const page = await openSmall(site, PHANTOM);
    await page.click('#train:enabled');
    await clickWhen(page, ['#epoch', 'of 40: Dice'], '#pause');
    await says(page, '#pause', 'Go on');
    await says(page, '#training', 'Paused. Epoch');
    await clickWhen(page, ['#pause', 'Go on'], '#pause');
    await clickWhen(page, ['#pause', 'Pause'], '#stop');
    await says(page, '.result', 'Stopped; what it has learned is saved, and it can go on.');
    await page.click('.runs button:enabled');
    assert.is(await trained(page), json(dir, ['--out', 'same', ...asArguments(PHANTOM)], TRAIN_JS).weightsSha256);
    await page.close();
  });
});

test('a thread that is lost in the middle of a training: one line says so, and the weights are the same', async (site) => {
  await inFolder(async (dir) => {
    const page = await openSmall(site, { ...PHANTOM, workers: '2', 'micro-batch': '2' });
    await page.click('#train:enabled');
    await says(page, '#epoch', 'of 40: Dice');
    // Threads without a task take no notice; what a worker fails with comes when its program is done.
    const threads = page.workers().filter((worker) => worker.url().includes('thread-worker'));
    const fail = () =>
      void setTimeout(() => {
        throw new Error('out of memory');
      });
    await Promise.all(threads.map((thread) => thread.evaluate(fail)));
    await says(page, '.remarks', 'a worker failed: Uncaught Error: out of memory, and as it may still write');
    await says(page, '.remarks', '; with another one, the training goes on in epoch ');
    const asked = asArguments({ ...PHANTOM, 'micro-batch': '2' });
    assert.is(await trained(page), json(dir, ['--out', 'same', ...asked], TRAIN_JS).weightsSha256);
    await page.close();
  });
});

test('files that are no images, or claim to be huge ones, are refused in one line, and the page goes on', async (site) => {
  const page = await openSmall(site);
  const huge = Uint8Array.from(png(8));
  new DataView(huge.buffer).setUint32(16, 60_000);
  new DataView(huge.buffer).setUint32(20, 60_000);
  const cut = png(64).subarray(0, 60);
  const refused = async (name: string, content: Uint8Array, line: string, where = '#open-error') => {
    await open(page, [file(name, content)]);
    await says(page, where, line);
    assert.is(await page.textContent(where), line);
  };
  await refused(
    'huge.png',
    huge,
    'huge.png: too large: 60000x60000 of 8-bit grey takes 3600000000 bytes, expected at most 16384 pixels a side and 268435456 bytes; cut it into tiles',
  );
  // What is wrong with pixels shows only when they are read, as the image is chosen.
  await refused(
    'cut.png',
    cut,
    'cut.png: truncated PNG: chunk IDAT at byte 33 needs 38 bytes, 27 are left; copy the file again',
    '#segment-error',
  );
  const notes = Buffer.from('remember the milk');
  const noImage = 'notes.txt: not an image of a known format: it starts with "remember the"; convert it to PNG';
  await refused('notes.txt', notes, noImage);
  await page.click('#sample-nuclei:enabled');
  await page.waitForSelector('#segmented');
  await says(page, '.export:has(#export-masks) .figures', 'of 1 image');
  const broken = Uint8Array.from(disc(40, 40));
  broken.fill(0xff, 45, broken.length - 20);
  await open(page, [file('broken.png', broken), file('good.png', disc(40, 40)), file('notes.txt', notes)]);
  await says(page, '#open-status', '2 images to segment.');
  await says(page, '#segment-error', 'broken.png: ');
  assert.is(await page.locator('#segmented').count(), 0);
  assert.is(await page.locator('#segment .lines').textContent(), noImage);
  assert.equal(Object.keys(unzipSync(await download(page, '#export-masks'))), ['good.png', 'good-objects.csv']);
  assert.match((await page.locator('#export-masks-refused li').allTextContents()).join(), /^broken\.png: /);
  await page.click('#images [aria-label=good]');
  await page.waitForSelector('#segmented');
  assert.is(await page.textContent('#segment-error'), '');
  assert.is(await page.textContent('#violations'), 'Blocked attempts to send: 0');
  await page.close();
});

test('of five hundred images one is chosen and segmented, and the masks of all are taken home', async (site) => {
  const page = await openSmall(site);
  await page.click('#sample-nuclei');
  await page.waitForSelector('#segmented');
  await open(page, [file('earlier.png', png(8))]);
  await says(page, '#open-status', '1 image to segment.');
  const images = Array.from({ length: 500 }, (_, n) => file(`i${String(n).padStart(3, '0')}.png`, png(8, n % 256)));
  await open(page, images);
  await says(page, '#open-status', '500 images to segment.');
  await page.click('#images [aria-label=i003]');
  await page.waitForSelector('#images [aria-label=i003][aria-selected=true]');
  await page.waitForSelector('#segmented');
  // The thumbnails, which are many, do not close the image that is chosen.
  await page.locator('#images').evaluate((list) => list.scrollTo(0, 1000));
  await page.waitForSelector('#images-60 .there');
  await page.click('#correct-keep');
  await says(page, '#correct-status', 'Kept.');
  const masks = Object.keys(unzipSync(await download(page, '#export-masks'))).filter((name) => name.endsWith('.png'));
  assert.equal(
    masks.sort(),
    images.map(({ name }) => name),
  );
  await page.close();
});

test('masks are corrected with the mouse, and two of them are trained on', async (site) => {
  const page = await openSmall(site, { ...PHANTOM, epochs: '2' });
  await page.click('#train:enabled');
  await trained(page);
  const correct = async () => {
    await page.waitForSelector('#segmented');
    const canvas = page.locator('#correct-canvas');
    await canvas.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await canvas.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 30, y + height / 2 + 20, { steps: 5 });
    await page.mouse.up();
    await page.waitForSelector('#correct-undo:enabled');
    await page.click('#correct-keep');
    await says(page, '#correct-status', 'Kept.');
  };
  await page.click('#phantom');
  await says(page, '#open-status', 'The phantom: synthetic heads with lesions');
  await correct();
  await says(page, '#train-corrected:disabled', 'Train on the 1 corrected image');
  await says(page, '#correct', 'Correct one more: training takes two images at least');
  await open(page, [file('own.png', disc(64, 64))]);
  await says(page, '#open-status', '1 image to segment.');
  await correct();
  await says(page, '#train-corrected:enabled', 'Train on the 2 corrected images');
  await page.click('#train-corrected');
  await page.waitForFunction(() => document.querySelector('.result') ?? document.querySelector('#train-error p'));
  assert.is(await page.textContent('#train-error'), '');
  await page.close();
});

test.run();
