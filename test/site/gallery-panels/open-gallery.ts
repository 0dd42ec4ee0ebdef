/** Opens the gallery of panels in Chromium, without a server: what the page asks for is answered here. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Seen from `dist/test/site/gallery-panels`. */
const PACKAGE = fileURLToPath(new URL('../../../../', import.meta.url));

const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Panels</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/main.css"><body><div class="page"><nav class="way"></nav><div id="gallery"></div></div><script src="/gallery.js"></script></body></html>`;

let bundled: Promise<Readonly<Record<string, string>>> | undefined;

/** @param faults is given what the page says of errors */
export async function openGallery(
  browser: Browser,
  faults: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  bundled ??= bundle();
  const files = await bundled;
  const context = await browser.newContext({ viewport: { width: 1280, height: 700 }, ...options });
  const page = await context.newPage();
  // Only what hangs takes so long, on whatever machine.
  page.setDefaultTimeout(120_000);
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: HTML });
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    return files[name] === undefined ? route.abort() : route.fulfill({ contentType: type, body: files[name] });
  });
  await page.goto('http://localhost/');
  await page.waitForSelector('#correct-canvas');
  return page;
}

async function bundle(): Promise<Readonly<Record<string, string>>> {
  const { outputFiles } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: { gallery: 'dist/test/site/gallery-panels/gallery.js', main: 'site/styles/main.css' },
    ...{ outdir: 'out', write: false, bundle: true, platform: 'browser', format: 'iife', target: 'es2022' },
    logLevel: 'silent',
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]));
}
