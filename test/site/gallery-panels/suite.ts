/** Tests of panels in Chromium: each on a page of its own, which may say nothing of errors. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startChromium } from '../../support/browser/chromium.js';
import type { Gallery, Shown } from './gallery.js';
import { openGallery } from './open-gallery.js';

/** One page, as a test drives it. */
export interface Panels {
  readonly page: Page;
  show(shown: Partial<Shown>): Promise<void>;
  /** What has been called back so far: the name, then the values. */
  called(): Promise<unknown[][]>;
  /** The labels of the mask that was kept last. */
  kept(): Promise<number[]>;
}

export type PanelTest = (name: string, run: (panels: Panels) => Promise<void>, options?: BrowserContextOptions) => void;

declare const gallery: Gallery;

/** Hands over what declares tests, and runs them; without Chromium it says so, and runs none of them. */
export async function suite(declare: (panelTest: PanelTest) => void): Promise<void> {
  const browser = await startChromium();
  if (browser) {
    declare((name, run, options) => void test(name, () => onPage(browser, run, options)));
    test.after(() => browser.close());
  } else {
    test('there is no browser', () => {});
  }
  test.run();
}

async function onPage(
  browser: Browser,
  run: (panels: Panels) => Promise<void>,
  options?: BrowserContextOptions,
): Promise<void> {
  const faults: string[] = [];
  const page = await openGallery(browser, faults, options);
  try {
    await run({
      page,
      show: (shown) => page.evaluate((given) => gallery.show(given), shown),
      called: () => page.evaluate(() => gallery.called),
      kept: () => page.evaluate(() => gallery.kept),
    });
    assert.equal(faults, []);
  } finally {
    await page.context().close();
  }
}
