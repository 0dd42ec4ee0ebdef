/**
 * `npm run selftest:chromium [-- FILTER]`: the page of the self-test in Chromium, which brings SwiftShader where there is
 * no GPU. That compiles slowly: a filter, such as the name of a family, chooses cases. Prints one line with the browser,
 * the adapter and the result, and what differs. Chromium is the one of the system, or what CHROMIUM names; what drives it
 * comes from the npm registry into a temporary folder. The exit code is 0, 1 where something differs, or 2 where
 * something is missing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultLines, verdictText } from '../dist/src/selftest/index.js';

const TYPES = { 'index.html': 'text/html', 'selftest.css': 'text/css', 'selftest.js': 'text/javascript' };
const PAGE = new URL('../dist/selftest/', import.meta.url);
const [filter = ''] = process.argv.slice(2);

const { CHROMIUM = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync) } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'unetpp-chromium-'));
try {
  if (CHROMIUM) await main();
  else lack('Chromium is not installed; install it, or name its program in CHROMIUM');
} finally {
  rmSync(folder, { recursive: true });
}

async function main() {
  execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', 'playwright-core@1'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { chromium } = createRequire(join(folder, 'from'))('playwright-core');
  const args = ['--no-sandbox', '--enable-unsafe-webgpu'];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  const server = createServer(answer).listen(0, '127.0.0.1');
  try {
    const page = await browser.newPage();
    const faults = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const state = await run(page);
    tell(`Chromium ${browser.version()}`, state, await page.textContent('#verdict'), await page.textContent('#report'));
    for (const fault of faults) console.log(`  the page: ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await browser.close();
    server.close();
  }
}

/** Runs the cases as a user does. Returns the state of the page at the end. */
async function run(page) {
  const state = () => page.evaluate(() => document.documentElement.dataset.state);
  if ((await state()) === 'missing') return 'missing';
  await page.fill('#filter', filter);
  await page.click('#start');
  await page.waitForFunction(() => document.documentElement.dataset.state !== 'running', null, { timeout: 0 });
  return state();
}

function tell(browser, state, verdict, text) {
  if (!text) return lack(`${browser}: ${verdict}`);
  const report = JSON.parse(text);
  console.log(`${browser}, ${report.backend}: ${verdictText(report)}, in ${report.seconds.toFixed(1)} s`);
  for (const result of report.differing) console.log(`  ${result.label}: ${faultLines(result).join('; ')}`);
  process.exitCode = state === 'passed' ? 0 : 1;
}

function answer({ url }, response) {
  const name = url === '/' ? 'index.html' : url.slice(1);
  if (!Object.hasOwn(TYPES, name)) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[name] }).end(readFileSync(new URL(name, PAGE)));
}

function lack(what) {
  console.log(what);
  process.exitCode = 2;
}
