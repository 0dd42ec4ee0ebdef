/** The option that names models whose predictions are averaged. */
import { path } from '../../app/options/parsers.js';
import type { CliCommand } from './command.js';

/** Adds `--model` to a command that takes one model or several. */
export function withModels(command: CliCommand): CliCommand {
  return command.requiredOption(
    '--model <file...>',
    'model file; of several, the mean of what they predict is taken',
    (text: string, before: readonly string[] = []) => [...before, path(text)],
  );
}
