/**
 * `npm run site:speed [-- --visits N] [--rounds N] [--node PATH]`: how fast the page is, in Chromium.
 *
 * First mask: from the opening of the page to the mask of a bundled sample, which is clicked as soon as it can be, at a
 * second visit, whose files the browser has kept; medians of N visits (5). Training: images/s in the tab and by the command
 * line in this Node, and in another one with --node, with as many workers, in turns; medians of N rounds (3). The exit code
 * is 1 where a bound is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite } from '../dist/site/host/build.js';
import { serveSite } from '../dist/site/host/serve.js';
import { machineText, medianOf, PACKAGE, startChromium, trainInTab } from './site-tools.js';

/** Milliseconds until a mask has to be seen. */
const BOUND = 3000;

/** How much of the images/s of this Node a tab has to reach. */
const SHARE = 0.9;

/** A training of some seconds. */
const TRAINING = {
  ...{ epochs: '15', filters: '8,16,32,64', size: '64', split: '64,16,0' },
  ...{ batch: '8', 'micro-batch': '4', workers: '2', seed: '9' },
};

const number = (name, value) => ({ [name]: { type: 'string', default: value } });
const { values } = parseArgs({
  options: { ...number('visits', '5'), ...number('rounds', '3'), node: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'unetpp-site-'));
const browser = await startChromium();
let served;
try {
  const site = join(folder, 'site');
  await buildSite(site);
  served = await serveSite(site, { isolated: true });
  console.log(`${machineText()}; Chromium ${browser.version()}`);
  if (Number(values.visits) > 0) await measureFirstMask(Number(values.visits));
  if (Number(values.rounds) > 0) await measureTraining(Number(values.rounds));
} finally {
  await browser.close();
  await served?.close();
  rmSync(folder, { recursive: true });
}

async function measureFirstMask(times) {
  const context = await browser.newContext();
  await visit(context);
  const visits = [];
  for (let n = 0; n < times; n++) visits.push(await visit(context));
  for (const name of Object.keys(visits[0])) {
    row(
      name,
      visits.map((parts) => parts[name]),
      0,
      'ms',
    );
  }
  const first = medianOf(visits.map((parts) => parts['mask on the page']));
  judge(`the first mask within ${BOUND} ms of opening`, first <= BOUND);
  await context.close();
}

async function measureTraining(rounds) {
  const programs = [process.execPath, ...(values.node ? [values.node] : [])];
  const names = programs.map((path) => `Node ${execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()}`);
  const tab = [];
  const nodes = programs.map(() => []);
  const weights = new Set();
  for (let n = 0; n < rounds; n++) {
    const results = [await trainInTab(browser, served.url, TRAINING), ...programs.map(trainInNode)];
    for (const { weightsSha256 } of results) weights.add(weightsSha256);
    for (const [k, { imagesPerSecond }] of results.entries()) [tab, ...nodes][k].push(imagesPerSecond);
  }
  row('training in the tab', tab, 1, 'images/s');
  for (const [k, name] of names.entries()) row(`${name}`, nodes[k], 1, 'images/s');
  for (const [k, name] of names.entries()) {
    console.log(`the tab has ${(medianOf(tab) / medianOf(nodes[k])).toFixed(2)} of the images/s of ${name}`);
  }
  judge(`at least ${SHARE} of ${names[0]}`, medianOf(tab) >= SHARE * medianOf(nodes[0]));
  judge('the same weights everywhere', weights.size === 1);
}

function trainInNode(program) {
  const given = Object.entries(TRAINING).flatMap(([name, value]) => [`--${name}`, value]);
  const out = mkdtempSync(join(folder, 'run-'));
  const args = [join(PACKAGE, 'train.js'), ...given, '--backend', 'wasm', '--out', out, '--json'];
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

function row(name, all, digits, unit) {
  const each = all.map((value) => value.toFixed(digits)).join(', ');
  console.log(`${name.padEnd(28)}${medianOf(all).toFixed(digits).padStart(8)} ${unit}   (${each})`);
}

/** Says whether a bound is kept. */
function judge(what, isKept) {
  console.log(`${what}: ${isKept ? 'yes' : 'no'}`);
  if (!isKept) process.exitCode = 1;
}

/** Opens the page, clicks the sample and waits for its mask; milliseconds from the navigation on. */
async function visit(context) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const marks = {};
    globalThis.marks = marks;
    new MutationObserver(() => {
      const note = (name, selector) => {
        if (!(name in marks) && document.querySelector(selector)) marks[name] = performance.now();
      };
      note('sample can be clicked', '#sample-nuclei:enabled');
      if ('sample can be clicked' in marks && !('clicked' in marks)) {
        marks.clicked = performance.now();
        document.querySelector('#sample-nuclei').click();
      }
      note('ready', '[data-state=ready]');
      note('mask on the page', '#segmented');
      note('all heads', '#compare table');
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.goto(served.url);
  await page.waitForFunction(() => 'all heads' in globalThis.marks);
  const { clicked: _, ...marks } = await page.evaluate(() => globalThis.marks);
  await page.close();
  return marks;
}
