/** The option that names models whose predictions are averaged. */
import { model } from '../../app/options/parsers.js';
import type { CliCommand } from './command.js';

/** Adds `--model` to a command that takes one model or several. */
export function withModels(command: CliCommand): CliCommand {
  return command.requiredOption(
    '--model <file...>',
    'model file, or the name of a model; of several, the mean of what they predict is taken',
    (text: string, before: readonly string[] = []) => [...before, model(text)],
  );
}
