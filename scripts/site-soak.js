/**
 * `npm run site:soak [-- --minutes N]`: whether the memory of a tab stays as it is while it trains (60 minutes). A small
 * training on the phantom goes on in Chromium; once a tenth of the time is over, and the tab has what it needs, the memory
 * of its process is taken every ten seconds. A line through these samples must rise by less than the bound in an hour; the
 * exit code is 1 where it does not.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite } from '../dist/site/host/build.js';
import { serveSite } from '../dist/site/host/serve.js';
import { machineText, startChromium, trainInTab } from './site-tools.js';

/** MB that a tab may grow by in an hour. */
const BOUND = 20;
const EVERY_MS = 10_000;

const TRAINING = {
  ...{ epochs: '1000000', filters: '4,8', size: '32', split: '32,8,0' },
  ...{ batch: '4', 'micro-batch': '2', workers: '2', seed: '9' },
};

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const folder = mkdtempSync(join(tmpdir(), 'unetpp-site-'));
const browser = await startChromium();
let served;
try {
  await buildSite(folder);
  served = await serveSite(folder, { isolated: true });
  console.log(`${machineText()}; Chromium ${browser.version()}`);
  const { epochs, imagesPerSecond } = await trainInTab(browser, served.url, TRAINING, (page) => watch(page));
  console.log(`${epochs} epochs, ${imagesPerSecond.toFixed(1)} images/s`);
} finally {
  await browser.close();
  await served?.close();
  rmSync(folder, { recursive: true });
}

/** Samples the memory until the time is over, then stops the training. */
async function watch(page) {
  const session = await browser.newBrowserCDPSession();
  const minutes = Number(values.minutes);
  const begun = Date.now();
  const samples = [];
  for (;;) {
    await page.waitForTimeout(EVERY_MS);
    const at = (Date.now() - begun) / 60_000;
    const sample = { at, process: await residentOf(session), ...(await measured(page)) };
    if (at > minutes / 10) samples.push(sample);
    if (at >= minutes) break;
  }
  await page.click('#stop');
  report(
    'process, resident',
    samples.map(({ at, process }) => [at, process]),
    true,
  );
  report(
    'page and workers, as measured',
    samples.map(({ at, page }) => [at, page]),
    false,
  );
}

/** MB of the largest process that draws pages, which is that of the tab. */
async function residentOf(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return Math.max(...renderers.map(({ id }) => statusOf(id)));
}

function statusOf(id) {
  const status = readFileSync(`/proc/${id}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) / 1024;
}

/** MB of the page, its workers and their memory, as the browser tells pages that are isolated. */
async function measured(page) {
  return page.evaluate(async () => {
    const { bytes } = await performance.measureUserAgentSpecificMemory();
    return { page: bytes / 2 ** 20 };
  });
}

/** Prints the first and last sample and the slope of a line through all of them. */
function report(name, samples, isJudged) {
  const mean = (k) => samples.reduce((sum, sample) => sum + sample[k], 0) / samples.length;
  const [at, size] = [mean(0), mean(1)];
  const rise = samples.reduce((sum, [t, y]) => sum + (t - at) * (y - size), 0);
  const perHour = (60 * rise) / samples.reduce((sum, [t]) => sum + (t - at) ** 2, 0);
  const [first, last] = [samples[0], samples.at(-1)].map(([, y]) => y.toFixed(1));
  console.log(`${name.padEnd(32)}${first} MB at first, ${last} MB at last, ${perHour.toFixed(1)} MB an hour`);
  if (!isJudged) return;
  const isFlat = perHour < BOUND;
  console.log(`less than ${BOUND} MB an hour: ${isFlat ? 'yes' : 'no'}`);
  if (!isFlat) process.exitCode = 1;
}
