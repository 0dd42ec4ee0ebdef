/** What the measures of the page share. */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const PACKAGE = fileURLToPath(new URL('../', import.meta.url));

/** Starts Chromium, that of the system or what CHROMIUM names. */
export function startChromium(...flags) {
  const { CHROMIUM = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path)) } = process.env;
  if (!CHROMIUM) throw new Error('Chromium is not installed; install it, or name its program in CHROMIUM');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...flags] });
}

export function medianOf(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** `AMD EPYC, 2 cores`. */
export function machineText() {
  return `${cpus()[0].model.trim()}, ${cpus().length} cores`;
}

/**
 * Trains on the phantom in a tab of its own.
 * @param given options, as the address of the page takes them
 * @returns the result, as `train --json` prints it
 */
export async function trainInTab(browser, url, given) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}?${new URLSearchParams(given)}`);
  await page.click('#train:enabled');
  await page.waitForFunction(() => document.querySelector('.result #weights-sha256'), null, { timeout: 0 });
  const result = await page.evaluate(async () => {
    const storage = await navigator.storage.getDirectory();
    const run = await (await storage.getDirectoryHandle('runs')).getDirectoryHandle('phantom');
    const report = await (await run.getFileHandle('report.json')).getFile();
    return JSON.parse(await report.text()).result;
  });
  await context.close();
  return result;
}
