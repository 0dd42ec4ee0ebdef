/**
 * `npm run selftest:chromium [-- FILTER]`: the page of the self-test in Chromium, which brings SwiftShader where there is
 * no GPU. That compiles slowly: a filter, such as the name of a family, chooses cases. Prints one line with the browser,
 * the adapter and the result, and what differs. The exit code is 0, 1 where something differs, or 2 where something is
 * missing, see chromium.js.
 */
import { readFileSync } from 'node:fs';
import { faultLines, verdictText } from '../dist/src/selftest/index.js';
import { inChromium, lack } from './chromium.js';

const TYPES = { 'index.html': 'text/html', 'selftest.css': 'text/css', 'selftest.js': 'text/javascript' };
const PAGE = new URL('../dist/selftest/', import.meta.url);
const [filter = ''] = process.argv.slice(2);

await inChromium(answer, async ({ page, name, faults }) => {
  const state = await run(page);
  tell(name, state, await page.textContent('#verdict'), await page.textContent('#report'));
  for (const fault of faults) console.log(`  the page: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
});

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

function answer(url) {
  const name = url === '/' ? 'index.html' : url.slice(1);
  return Object.hasOwn(TYPES, name) ? { type: TYPES[name], body: readFileSync(new URL(name, PAGE)) } : undefined;
}
