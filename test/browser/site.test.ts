/** The page with a worker that other tests use. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startChromium } from '../support/browser/chromium.js';
import { Site } from '../support/browser/site.js';

const browser = await startChromium();

test('a page asks its worker, which is isolated with the headers and not without', async () => {
  if (!browser) return;
  for (const isolated of [true, false]) {
    const site = await Site.serve({ scripts: { 'worker.js': 'dist/test/support/browser/about-worker.js' }, isolated });
    const tab = await site.open(await browser.newContext());
    assert.is(await tab.ask('isIsolated'), isolated);
    assert.is(await tab.ask('fail').catch((error: Error) => error.message), 'as it was asked to');
    await tab.close();
    site.close();
  }
});

test.after(() => browser?.close());

test.run();
