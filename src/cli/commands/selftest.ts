/** `unetpp selftest`: every op on this machine's backend, compared with the reference, as a report to paste. */
import { Option } from 'commander';
import { path, text } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { type SelfTestCommandOptions, selfTest, testable } from '../../app/selftest/self-test.js';
import { type CommonOptions, command, report } from '../program.js';
import { selfTestLines } from '../tables/self-test-report.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';
import { version } from '../version.js';

export const selftest = command(
  'selftest',
  'Compare every op on a backend with the reference in float64, on small and odd sizes, and report what differs.',
  'unetpp selftest --backend webgpu --out selftest.json',
)
  .addOption(new Option('--backend <name>', 'the backend to test').choices(testable).default('wasm'))
  .option('--filter <text>', 'only cases with this text in their family or label: convolution, for example', text)
  .option('--out <file>', 'report to write, as JSON', path)
  .addTable(forceOptions)
  .action(run);

async function run(options: CommonOptions & SelfTestCommandOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const result = await selfTest(options, version, terminalObserver(bar));
  bar.clear();
  report(options, selfTestLines(result), result);
  if (result.passed) return;
  throw new Error(`selftest: ${result.backend} computes wrongly; report this in an issue, and take another backend`);
}
