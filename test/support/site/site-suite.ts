/** Tests of the page in Chromium, that of the system or what CHROMIUM names. Where there is none, a line says so. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { suite } from 'uvu';
import { buildSite, type SiteFiles } from '../../../site/host/build.js';
import { type Served, type ServeOptions, serveSite } from '../../../site/host/serve.js';

const { CHROMIUM: program = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path)) } =
  process.env;

/** How long a test waits for what it expects of the page. */
const TIMEOUT_MS = 15_000;

/** The page, built anew in a sub-folder of the folder that is served, and a browser. */
export class Site {
  readonly #root = mkdtempSync(join(tmpdir(), 'unetpp-site-'));
  /** Where the page is built. */
  readonly folder = join(this.#root, 'some', 'where');
  readonly #served: Served[] = [];
  files: SiteFiles = { first: [], later: [] };
  browser!: Browser;

  async open(): Promise<void> {
    this.files = await buildSite(this.folder);
    this.browser = await chromium.launch({ executablePath: program!, args: ['--no-sandbox'] });
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

/** @param subject what is tested, for the line that says that it is not */
export function siteSuite(subject: string) {
  const tests = suite<{ site: Site }>(subject);
  if (!program) console.log(`note: ${subject} is not tested here: no Chromium`);
  tests.before(async (context) => {
    context.site = new Site();
    if (program) await context.site.open();
  });
  tests.after(async ({ site }) => {
    if (program) await site.close();
  });
  const test = (name: string, body: (site: Site) => Promise<void>) =>
    tests(name, async ({ site }) => {
      if (program) await body(site);
    });
  return Object.assign(test, { run: () => tests.run() });
}
