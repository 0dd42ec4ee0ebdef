/**
 * The common ground of all commands: how options are declared, how errors and results are printed, and the exit codes.
 * Names and texts of files are printed without the characters that a terminal would act on (`printable`).
 */
import { type Command, CommanderError } from 'commander';
import { commonOptions } from '../app/options/common-options.js';
import type { OptionValues } from '../app/options/option.js';
import { InputError } from '../base/errors.js';
import type { Failure } from '../base/ranks/ending.js';
import { printable, show } from '../base/show.js';
import { CliCommand } from './options/command.js';
import { inWords } from './terminal/failures.js';
import { CLEAR } from './terminal/progress.js';

/** The exit codes for failures; 0 is success. */
const FAILED = 1;
const WRONG_INPUT = 2;

/** Options that every command has. */
export interface CommonOptions extends OptionValues<typeof commonOptions> {}

/** Makes a command with an example below its help. */
export function command(name: string, description: string, example: string): CliCommand {
  return inHouseStyle(new CliCommand(name), `see unetpp ${name} --help`).description(description).addExample(example);
}

/** Returns the options that are given on the command line, without the defaults. */
export function givenOptions(command: Command): Readonly<Record<string, unknown>> {
  const given = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(given);
}

/** Adds what every command has: options, which come last in the help, and an error for stray arguments. */
export function withCommonOptions(sub: CliCommand): CliCommand {
  return sub
    .optionsGroup('Printing:')
    .addTable(commonOptions)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments()
    .hook('preAction', ({ args, registeredArguments }) => {
      if (args.length === 0 || registeredArguments.length > 0) return;
      throw new InputError(
        `unexpected argument ${show(args[0])}; values follow an option: see unetpp ${sub.name()} --help`,
      );
    });
}

/** Makes errors one line that ends with `advice`, and leaves the exit to `guard`. */
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
    if (error instanceof CommanderError) {
      // Commander has already printed the help, the version, or what is wrong with the call.
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_INPUT;
      return;
    }
    const { exitCode, message } = failureOf(error);
    process.exitCode = exitCode;
    printFailure(message);
    if (process.env.UNETPP_DEBUG && error instanceof Error) console.error(printable(error.stack ?? ''));
  }
}

/** The exit code for an error, and its line. */
export function failureOf(error: unknown): Failure {
  const told = inWords(error);
  const exitCode = told instanceof InputError ? WRONG_INPUT : FAILED;
  return { exitCode, message: oneLine(told instanceof Error ? told.message : String(told)) };
}

/** Prints the line of an error on stderr. */
export function printFailure(message: string): void {
  console.error(`${CLEAR}unetpp: ${message}`);
}

/** Lets the work continue when a reader closes the pipe (`| head`); a result that is lost otherwise is a failure. */
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
  // This holds for JSON, too: the escapes are within strings, where they mean the same.
  console.log(printable(json ? JSON.stringify(result) : lines.join('\n')));
}

function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*\n\s*/g, ' '));
}
