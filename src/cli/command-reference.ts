/** The reference of all commands, docs/commands.md, made from their declarations. `npm run docs` writes it. */
import type { Option } from 'commander';
import { commonOptions } from '../app/options/common-options.js';
import type { CliCommand } from './options/command.js';

const INTRODUCTION = `# Commands

<!-- Written by \`npm run docs\` from the options that the commands declare: change them there. -->

A command is called as \`npx unetpp COMMAND [options]\`; \`node train.js\` is \`unetpp train\`. \`unetpp COMMAND --help\` shows what stands here. The exit code is 0 when the command is done, 1 when it failed at work, and 2 for a wrong call or wrong input; a training that a signal has interrupted ends with 128 plus its number. Every error is one line on stderr.`;

/** Writes the reference. @param commands all commands, with the options that every command has */
export function commandReference(commands: readonly CliCommand[]): string {
  const common = commands[0]!.options.filter(isCommon);
  const everywhere = `Every command takes:\n\n${tableOf('Option', commands[0]!, common)}`;
  return [INTRODUCTION, everywhere, ...commands.map(sectionOf)].join('\n\n').concat('\n');
}

function sectionOf(command: CliCommand): string {
  const options = command.options.filter((option) => !isCommon(option));
  const headings = [...new Set(options.map(headingOf))];
  const tables = headings.map((heading) => {
    const under = options.filter((option) => headingOf(option) === heading);
    return tableOf(heading, command, under);
  });
  const call = `    unetpp ${command.name()} ${command.usage()}`;
  const example = `For example:\n\n    ${command.example}`;
  return [`## ${command.name()}`, command.description(), call, ...tables, example].join('\n\n');
}

function isCommon(option: Option): boolean {
  return Object.hasOwn(commonOptions, option.attributeName());
}

/** Returns the heading of an option's group: `Data` for `Data:`. */
function headingOf({ helpGroupHeading = 'Options:' }: Option): string {
  return helpGroupHeading.replace(/:$/, '');
}

function tableOf(heading: string, command: CliCommand, options: readonly Option[]): string {
  const help = command.createHelp();
  const rows = options.map((option) => {
    return `| \`${option.flags}\` | ${help.optionDescription(option).replaceAll('|', '\\|')} |`;
  });
  return [`| ${heading} | |`, '| --- | --- |', ...rows].join('\n');
}
