/** Chromium for tests: the one of the system, or what CHROMIUM names. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const { CHROMIUM = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path)) } = process.env;

/** Starts Chromium, without a window. @returns undefined, with a visible note, where there is none */
export async function startChromium(...flags: string[]): Promise<Browser | undefined> {
  if (CHROMIUM && existsSync(CHROMIUM))
    return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...flags] });
  console.log('note: tests in a browser skipped: no Chromium');
  return undefined;
}
