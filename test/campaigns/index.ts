/** `npm run campaign -- NAME [--seed N] [--tries N] [--kinds NAMES]`: see docs/reliability.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { type Campaign, type CampaignOptions, Report } from './campaign.js';
import { faults } from './faults.js';
import { FUZZED } from './fuzz/files.js';
import { fuzz } from './fuzz.js';
import { kills } from './kills.js';
import { powercut } from './powercut.js';
import { ranks } from './ranks.js';
import { stop } from './stop.js';

/** Each with the number of tries that makes a campaign. */
const campaigns: Readonly<Record<string, { readonly campaign: Campaign; readonly tries: number }>> = {
  kills: { campaign: kills, tries: 300 },
  faults: { campaign: faults, tries: 220 },
  powercut: { campaign: powercut, tries: 120 },
  stop: { campaign: stop, tries: 20 },
  ranks: { campaign: ranks, tries: 100 },
  fuzz: { campaign: fuzz, tries: 10_000_000 },
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number');
  return value;
}

function kindNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const known: readonly string[] = FUZZED;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is none of ${known.join(', ')}`);
  return names;
}

async function run(name: string, given: Omit<CampaignOptions, 'tries'> & { tries?: number }): Promise<void> {
  const { campaign, tries } = campaigns[name]!;
  const options: CampaignOptions = { ...given, tries: given.tries ?? tries };
  const report = new Report({ ...options, name, print: console.log });
  const folder = mkdtempSync(join(tmpdir(), `unetpp-${name}-`));
  try {
    await campaign(folder, options, report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report.close();
  process.exitCode = report.failures > 0 ? 1 : 0;
}

await new Command('npm run campaign --')
  .description('Puts what is promised to the test, again and again, by seed.')
  .addArgument(new Argument('<name>', 'what is done to the program').choices(Object.keys(campaigns)))
  .option('--seed <n>', 'of the first try; the next has the next seed', wholeNumber, 1)
  .option('--tries <n>', 'how many', wholeNumber)
  .option('--pause <seconds>', 'of stop: how long a training is paused', wholeNumber, 15)
  .option('--kinds <names>', 'of fuzz: these files alone, TIFF,JPEG for example', kindNames)
  .action(run)
  .parseAsync();
