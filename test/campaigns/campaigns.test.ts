/** A small share of each campaign (`npm run campaign -- NAME`, docs/reliability.md): they run, and find nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Campaign, type CampaignOptions, eachTry, Report } from './campaign.js';
import { faults } from './faults.js';
import { fuzz } from './fuzz.js';
import { kills } from './kills.js';
import { powercut } from './powercut.js';
import { stop } from './stop.js';
import { straceIsMissing } from './system-calls.js';

const test = suite('campaigns');

/** @returns what it printed; asserts that it found nothing */
async function holds(name: string, campaign: Campaign, given: Partial<CampaignOptions>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `unetpp-${name}-`));
  const lines: string[] = [];
  try {
    const options = { seed: 1, tries: 1, pause: 1, ...given };
    const report = new Report({ ...options, name, print: (line) => lines.push(line) });
    await campaign(folder, options, report);
    report.close();
    assert.is(report.failures, 0, lines.join('\n'));
    return lines.join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('trainings that are killed', async () => {
  assert.match(await holds('kills', kills, {}), / kills$/m);
});

test('states of the disk after a power cut', async () => {
  assert.match(await holds('powercut', powercut, {}), / states of the disk$/m);
});

test('trainings that are paused', async () => {
  assert.match(await holds('stop', stop, {}), / pauses of 1 s$/m);
});

test('system calls that fail', async () => {
  const missing = straceIsMissing();
  if (missing === undefined) assert.match(await holds('faults', faults, { tries: 2 }), / calls of \w+ that failed$/m);
  else console.log(`note: campaigns: system calls that fail are left out: ${missing}`);
});

test('files that are changed at random', async () => {
  assert.match(await holds('fuzz', fuzz, { seed: 1000, tries: 3000 }), / PNG: refused$/m);
});

test('files of some kinds alone, with right checksums and without', async () => {
  const printed = await holds('fuzz', fuzz, { seed: 1000, tries: 300, kinds: ['NIfTI'] });
  const kinds = [...printed.matchAll(/ *[\d,]+ (\S.*): (?:read|refused)$/gm)].map(([, kind]) => kind);
  assert.equal([...new Set(kinds)], ['NIfTI, checksums right', 'NIfTI']);
});

test('a failure is told with the command that brings it about again', async () => {
  const lines: string[] = [];
  const options = { seed: 40, tries: 3, pause: 15 };
  const report = new Report({ ...options, name: 'kills', print: (line) => lines.push(line) });
  await eachTry(options, report, 2, async (_, name) => {
    if (name === 'try-41') throw new Error('other bits');
  });
  report.close();
  assert.equal(lines.slice(0, 2), [
    'FAILED other bits\n  again: npm run campaign -- kills --seed 41 --tries 1',
    'kills: 3 tries from seed 40, 1 failed, 0 s',
  ]);
});

test('a failure among files of some kinds is told with the kinds', () => {
  const lines: string[] = [];
  const options = { seed: 1, tries: 9, pause: 15, kinds: ['NIfTI', 'config of import-torch'] };
  new Report({ ...options, name: 'fuzz', print: (line) => lines.push(line) }).failed(7, 'NIfTI: prints "x"');
  const again = "npm run campaign -- fuzz --seed 7 --tries 1 --kinds 'NIfTI,config of import-torch'";
  assert.equal(lines, [`FAILED NIfTI: prints "x"\n  again: ${again}`]);
});

test.run();
