/** Data that a page is given is copied into the storage of its site, whole or not at all, and trained on from there. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startChromium } from '../support/browser/chromium.js';
import { Site, type Tab } from '../support/browser/site.js';

const browser = await startChromium();
const site = browser && (await Site.serve({ scripts: { 'worker.js': 'dist/test/support/browser/app-worker.js' } }));

const SMALL = { epochs: 1, filters: [2, 4], size: 32, workers: 1 };
const messageOf = (promise: Promise<unknown>) => promise.then(String, ({ message }: Error) => message);

async function open(): Promise<Tab> {
  return site!.open(await browser!.newContext());
}

/** Grants the site so many bytes. */
async function grant({ page }: Tab, quotaSize: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(site!.url).origin, quotaSize });
}

test('a dropped folder is copied, checked, planned for and trained on', async () => {
  if (!browser) return;
  const tab = await open();
  const { path, told } = await tab.ask<{ path: string; told: number[] }>('copy', 'scans', 6);
  assert.is(path, 'data/scans');
  assert.is(told.length, 12, 'hidden files stay');
  assert.equal(await tab.ask('list', 'data'), ['scans']);
  assert.equal(await tab.ask('list', 'data/scans'), ['images', 'masks']);
  assert.equal(await tab.ask('check', path), { images: 6, faults: [] });
  assert.equal(await tab.ask('plan', path), { train: 5, validation: 1, test: 0 });
  const run = await tab.ask<{ run: string }>('train', { ...SMALL, data: path });
  assert.is(run.run, 'runs/scans');
  assert.is(
    await messageOf(tab.ask('train', { data: path, epochs: 1, out: 'data/scans/run' })),
    'data/scans/run: in the folder that --data reads (data/scans), so nothing is written there; give another place',
  );

  assert.is(await tab.ask('copyPicked', 'data/scans'), 'data/scans-2', 'one that the user has picked');
  assert.equal(await tab.ask('check', 'data/scans-2'), { images: 6, faults: [] });
});

test('what a closed tab has half copied goes', async () => {
  if (!browser) return;
  const tab = await open();
  await tab.ask('leaveHalf', 'data/scans');
  assert.equal(await tab.ask('list', 'data'), ['scans', 'scans.copying']);
  assert.is((await tab.ask<{ path: string }>('copy', 'scans', 2)).path, 'data/scans');
  assert.equal(await tab.ask('list', 'data'), ['scans']);
  assert.equal(await tab.ask('check', 'data/scans'), { images: 2, faults: [] });
});

test('storage that does not suffice: one line with the numbers, and nothing half is left', async () => {
  if (!browser) return;
  const tab = await open();
  await tab.ask('state', 2 ** 20 + 100);
  assert.is(
    await messageOf(tab.ask('copy', 'scans', 6)),
    'scans: takes 1 MB, and the storage of this site has 1 MB of 2 MB free; remove runs or data that are not needed any more, or take fewer images',
  );
  assert.equal(await tab.ask('list', 'data'), []);

  // What the browser states need not be what it grants.
  await tab.ask('state', 10 * 2 ** 30);
  await grant(tab, 500);
  const full =
    'the storage of this site is full, with 1 MB in it, of 10.0 GB that the browser states; remove runs or data that are not needed any more, or free some space on the disk (QuotaExceededError)';
  assert.is(await messageOf(tab.ask('copy', 'scans', 6)), `data/scans: cannot be written: ${full}`);
  assert.equal(await tab.ask('list', 'data'), []);
  assert.is(await messageOf(tab.ask('train', SMALL)), `runs/phantom/config.json: cannot be written: ${full}`);
  assert.equal(await tab.ask('list', 'runs'), []);

  await grant(tab, 10_000_000);
  assert.is((await tab.ask<{ run: string }>('train', SMALL)).run, 'runs/phantom');
});

test.after(async () => {
  site?.close();
  await browser?.close();
});

test.run();
