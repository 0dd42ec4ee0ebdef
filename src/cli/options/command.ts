/**
 * Adapts commander to the tables of options and the parsers of `src/app/options`. The error of a parser becomes
 * commander's, which names the option.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type OptionSpec, type OptionTable, onCommandLine } from '../../app/options/option.js';
import { ValueError } from '../../app/options/parsers.js';

/** An option whose parser may throw a `ValueError`. */
class CliOption extends Option {
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

/** An option of a table. Its value has the name in the table, whatever the flag is: `--lr` is `learningRate`. */
class TableOption extends CliOption {
  constructor(
    readonly key: string,
    flag: string,
    help: string,
  ) {
    super(flag, help);
  }

  override attributeName(): string {
    return this.key;
  }
}

/** A command that also takes options from tables, and has an example. */
export class CliCommand extends Command {
  #example = '';

  /** An example of a call of the command. */
  get example(): string {
    return this.#example;
  }

  /** Shows a call of the command below its help. */
  addExample(call: string): this {
    this.#example = call;
    return this.addHelpText('after', `\nExample:\n  ${call}`);
  }

  override createOption(flags: string, description?: string): Option {
    return new CliOption(flags, description);
  }

  /** Adds the options of tables, each under its heading. */
  addGroups(groups: Readonly<Record<string, OptionTable>>): this {
    for (const [heading, table] of Object.entries(groups)) {
      if (heading !== '') this.optionsGroup(heading);
      this.addTable(table);
    }
    return this;
  }

  /** Adds the options of a table. */
  addTable(table: OptionTable): this {
    for (const [name, spec] of Object.entries(table)) {
      for (const option of spec ? optionsOf(name, spec) : []) this.addOption(option);
    }
    return this;
  }
}

/** Makes the option, and the one that switches it off where there is one. */
function optionsOf(name: string, spec: OptionSpec): Option[] {
  const { flag, parse, help, negated, default: preset } = spec;
  const option = new TableOption(name, flag, help + defaultText(spec));
  if (parse.choices) option.choices(parse.choices as readonly string[]);
  else if (flag.includes('<')) option.argParser((text) => parse(text));
  if ('value' in preset) option.default(preset.value, Array.isArray(preset.value) ? preset.value.join() : undefined);
  return negated === undefined ? [option] : [option, new TableOption(name, flag.replace('--', '--no-'), negated)];
}

/** Describes a default that commander does not know: it depends on the data, or there is none. */
function defaultText({ default: preset }: OptionSpec): string {
  if ('data' in preset) {
    return ` (default: ${onCommandLine(preset.data)}; without --data ${onCommandLine(preset.phantom)})`;
  }
  return 'unset' in preset && preset.unset !== '' ? ` (default: ${preset.unset})` : '';
}
