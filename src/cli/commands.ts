/** All commands, and the program that they belong to. */
import { Command } from 'commander';
import { check } from './commands/check.js';
import { compare } from './commands/compare.js';
import { compress } from './commands/compress.js';
import { convert } from './commands/convert.js';
import { doctor } from './commands/doctor.js';
import { evaluate } from './commands/evaluate.js';
import { exportCommand } from './commands/export.js';
import { importOnnxCommand } from './commands/import-onnx.js';
import { importTorchCommand } from './commands/import-torch.js';
import { info } from './commands/info.js';
import { plan } from './commands/plan.js';
import { predict } from './commands/predict.js';
import { prune } from './commands/prune.js';
import { runs } from './commands/runs.js';
import { selftest } from './commands/selftest.js';
import { study } from './commands/study.js';
import { train } from './commands/train.js';
import type { CliCommand } from './options/command.js';
import { inHouseStyle, withCommonOptions } from './program.js';
import { version } from './version.js';

/** All commands, with the options that every one of them has. */
export const commands: readonly CliCommand[] = [
  train,
  plan,
  evaluate,
  compare,
  predict,
  prune,
  compress,
  study,
  runs,
  info,
  check,
  convert,
  exportCommand,
  importTorchCommand,
  importOnnxCommand,
  doctor,
  selftest,
].map(withCommonOptions);

const START = `Start with:
  unetpp train        trains on built-in synthetic images, which takes about a minute on two cores

Errors are one line; UNETPP_DEBUG=1 in the environment adds a stack trace.`;

export function program(): Command {
  const names = commands.map((sub) => sub.name()).join(', ');
  const root = inHouseStyle(new Command('unetpp'), `the commands are ${names}: see unetpp --help`)
    .usage('COMMAND [options]')
    .description('UNet++ for biomedical image segmentation, on any machine with Node.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', `\n${START}`);
  for (const sub of commands) root.addCommand(sub);
  return root;
}
