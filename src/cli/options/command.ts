/** Commander with the parsers of `src/app/options`: what they refuse becomes commander's error, which names the option. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { ValueError } from '../../app/options/parsers.js';

/** An option whose parser may throw a `ValueError`. */
export class CliOption extends Option {
  override argParser<T>(parse: (text: string, previous: T) => T): this {
    return super.argParser<T>((text, previous) => {
      try {
        return parse(text, previous);
      } catch (error) {
        throw error instanceof ValueError ? new InvalidArgumentError(error.message) : error;
      }
    });
  }
}

/** A command whose `option` makes such options. */
export class CliCommand extends Command {
  override createOption(flags: string, description?: string): Option {
    return new CliOption(flags, description);
  }
}
