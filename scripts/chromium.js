/**
 * Chromium with a page that is served on this machine: the one of the system, or what CHROMIUM names. What drives it comes
 * from the npm registry into a temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { CHROMIUM = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync) } = process.env;

/**
 * Opens a page and returns what `use` returns.
 * @param answer returns the type and the body of what a path of the page names; undefined where there is nothing
 * @param use is given the page, the browser with its version, and what the page says of errors
 */
export async function inChromium(answer, use) {
  if (!CHROMIUM) return lack('Chromium is not installed; install it, or name its program in CHROMIUM');
  const folder = mkdtempSync(join(tmpdir(), 'unetpp-chromium-'));
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', 'playwright-core@1'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { chromium } = createRequire(join(folder, 'from'))('playwright-core');
    const args = ['--no-sandbox', '--enable-unsafe-webgpu'];
    const browser = await chromium.launch({ executablePath: CHROMIUM, args });
    const server = createServer(({ url }, response) => {
      const found = answer(decodeURI(url));
      if (found) response.writeHead(200, { 'content-type': found.type }).end(found.body);
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    try {
      const page = await browser.newPage();
      const faults = [];
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      return await use({ page, name: `Chromium ${browser.version()}`, faults });
    } finally {
      await browser.close();
      server.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Says what is missing; the exit code is 2. */
export function lack(what) {
  console.log(what);
  process.exitCode = 2;
}
