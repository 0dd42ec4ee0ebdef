/**
 * What all commands share: how options are declared, how errors and results are printed, and the exit codes. Names and
 * texts of files are printed as they are, but for what a terminal would obey (`printable`).
 */
import { type Command, CommanderError } from 'commander';
import { commonOptions } from '../app/options/common-options.js';
import type { OptionValues } from '../app/options/option.js';
import { InputError } from '../base/errors.js';
import { printable, show } from '../base/show.js';
import { CliCommand } from './options/command.js';
import { inWords } from './terminal/failures.js';
import { CLEAR } from './terminal/progress.js';

/** Exit codes beside 0, done. */
const FAILED = 1;
const WRONG_INPUT = 2;

/** Options that every command has. */
export interface CommonOptions extends OptionValues<typeof commonOptions> {}

/** A command with an example below its help. */
export function command(name: string, description: string, example: string): CliCommand {
  return inHouseStyle(new CliCommand(name), `see unetpp ${name} --help`).description(description).addExample(example);
}

/** The options that stand on the command line, without the defaults. */
export function givenOptions(command: Command): Readonly<Record<string, unknown>> {
  const given = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(given);
}

/** Adds what every command has: options, which come last in the help, and a word on stray arguments. */
export function withCommonOptions(sub: CliCommand): CliCommand {
  return sub
    .optionsGroup('Printing:')
    .addTable(commonOptions)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments()
    .hook('preAction', ({ args }) => {
      if (args.length === 0) return;
      throw new InputError(
        `unexpected argument ${show(args[0])}; values follow an option: see unetpp ${sub.name()} --help`,
      );
    });
}

/** Errors in one line that ends with `advice`, and no exit before `guard` sees them. */
export function inHouseStyle<C extends Command>(program: C, advice: string): C {
  const outputError = (text: string, write: (line: string) => void) =>
    write(`unetpp: ${oneLine(text.replace(/^error: /, '')).replace(/\.$/, '')}; ${advice}\n`);
  return program
    .configureHelp({ helpWidth: 110 })
    .configureOutput({ outputError })
    .showSuggestionAfterError()
    .exitOverride();
}

/** Runs `action` and sets the exit code; every error ends as one line on stderr. */
export async function guard(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const told = inWords(error);
    process.exitCode = told instanceof InputError ? WRONG_INPUT : FAILED;
    if (error instanceof CommanderError) {
      // What was asked for (help, the version) or what is wrong with the call is printed already.
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_INPUT;
      return;
    }
    console.error(`${CLEAR}unetpp: ${oneLine(told instanceof Error ? told.message : String(told))}`);
    if (process.env.UNETPP_DEBUG && error instanceof Error) console.error(printable(error.stack ?? ''));
  }
}

/** A reader that has seen enough (`| head`) ends no work; a result that is lost otherwise is a failure. */
export function guardStreams(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    console.error(`unetpp: stdout: the result cannot be written: ${code}`);
    process.exitCode ||= FAILED;
  });
}

/** Prints a result: lines for people, or with --json one object for scripts. */
export function report({ json }: CommonOptions, lines: readonly string[], result: object): void {
  // In JSON, too: what is written out stands in strings, and means the same there.
  console.log(printable(json ? JSON.stringify(result) : lines.join('\n')));
}

function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*\n\s*/g, ' '));
}
