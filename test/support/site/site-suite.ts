/** Tests of the page in Chromium, that of the system or what CHROMIUM names. Where there is none, a line says so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { suite } from 'uvu';
import { buildSite, type SiteFiles } from '../../../site/host/build.js';
import { type Served, type ServeOptions, serveSite } from '../../../site/host/serve.js';
import { startChromium } from '../browser/chromium.js';

/** How long a test waits for what it expects of the page: only what hangs takes so long, on whatever machine. */
const TIMEOUT_MS = 60_000;

/** The page, built anew in a sub-folder of the folder that is served, and a browser. */
export class Site {
  readonly #root = mkdtempSync(join(tmpdir(), 'unetpp-site-'));
  /** Where the page is built. */
  readonly folder = join(this.#root, 'some', 'where');
  readonly #served: Served[] = [];
  files: SiteFiles = { first: [], later: [] };

  constructor(readonly browser: Browser) {}

  async build(): Promise<void> {
    this.files = await buildSite(this.folder);
  }

  /** Serves the page. @returns its address, and how to end it */
  async serve(options?: ServeOptions): Promise<Served> {
    const served = await serveSite(this.#root, options);
    this.#served.push(served);
    return { url: `${served.url}some/where/`, close: served.close };
  }

  /** Opens the page in a browser that has never seen it, and waits until it can be used. */
  async visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.newContext(options);
    const page = await context.newPage();
    await page.goto(url);
    await ready(page);
    return page;
  }

  /** A browser that has never seen the page. */
  async newContext(options?: BrowserContextOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext(options);
    context.setDefaultTimeout(TIMEOUT_MS);
    return context;
  }

  async close(): Promise<void> {
    await this.browser.close();
    for (const { close } of this.#served) await close();
    rmSync(this.#root, { recursive: true });
  }
}

/** Waits until the engine has answered. */
export async function ready(page: Page): Promise<void> {
  await page.waitForSelector('[data-state=ready]');
}

/** @param subject what is tested; without a browser a line says that it is not */
export function siteSuite(subject: string) {
  const tests = suite<{ site?: Site }>(subject);
  // At once, so that the line stands by itself.
  const starting = startChromium();
  tests.before(async (context) => {
    const browser = await starting;
    if (!browser) return;
    context.site = new Site(browser);
    await context.site.build();
  });
  tests.after(({ site }) => site?.close());
  const test = (name: string, body: (site: Site) => Promise<void>) =>
    tests(name, async ({ site }) => {
      if (site) await body(site);
    });
  return Object.assign(test, { run: () => tests.run() });
}
