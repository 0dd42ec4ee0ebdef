/**
 * The declaration of options: once, in a table, for the command line and its help, the defaults, the folder of a run
 * and the command reference.
 */
import { defined } from '../../base/defaults.js';
import { show } from '../../base/show.js';
import type { Parser } from './parsers.js';

/**
 * What an option affects, and so whether a run may resume with another value of it.
 * - 'bits': the numbers. A run that resumes keeps its value.
 * - 'rounding': the last digits of the numbers: what computes them. A run may resume with another value, with a remark.
 * - 'goal': what is still to be done, such as the number of epochs. A run may resume with another value.
 * - 'speed': how the work is done, but no number: by how many threads, how often it is saved, where the data is.
 * - 'output': this call alone: what it prints, where it writes. It is not stored with the run.
 */
export type Affects = 'bits' | 'rounding' | 'goal' | 'speed' | 'output';

/** The value where an option is not given, which the help states. */
export type Default<T> =
  | { readonly value: T }
  /** The values with a data set of the user's, and on the built-in phantom. */
  | { readonly data: T; readonly phantom: T }
  /** The option stays undefined; the text says what that means, and is empty where that is obvious. */
  | { readonly unset: string };

/** An option of a command. */
export interface OptionSpec<T = unknown> {
  /** The flag as commander reads it: `--epochs <n>`, or `--force` for one that is on or off. */
  readonly flag: `--${string}`;
  readonly parse: Parser<T>;
  readonly help: string;
  /** The help of `--no-…`, for an option that is on or off and has it. */
  readonly negated?: string;
  readonly default: Default<T>;
  readonly affects: Affects;
}

/** Options by their names in the library and in config.json; null for one that deliberately has no flag. */
export type OptionTable = Readonly<Record<string, OptionSpec | null>>;

/**
 * A table that has all of `Options`: without one of them it does not compile.
 * @typeParam Spelt the types of values that the command line writes differently from the library
 */
export type TotalTable<Options, Spelt = unknown> = {
  readonly [K in keyof Options]-?: OptionSpec<K extends keyof Spelt ? Spelt[K] : Exclude<Options[K], undefined>> | null;
};

type Value<Spec> = Spec extends { readonly parse: (text: string) => infer T } ? T : never;
type IsUnset<Spec> = Spec extends { readonly default: { readonly unset: string } } ? true : false;
type Unset<Table> = { [K in keyof Table]: IsUnset<Table[K]> extends true ? K : never }[keyof Table];
type Always<Table> = { [K in keyof Table]: Table[K] extends null ? never : K }[keyof Table];

/** The values of a table's options: those without a default may be absent. */
export type OptionValues<Table> = { readonly [K in Exclude<Always<Table>, Unset<Table>>]: Value<Table[K]> } & {
  readonly [K in Unset<Table>]?: Value<Table[K]>;
};

/** The options that are given, with the table's defaults for the others. */
export function withTableDefaults<T extends OptionTable>(
  table: T,
  given: Readonly<Record<string, unknown>>,
  data: 'data' | 'phantom',
): OptionValues<T> {
  const defaults = Object.entries(table).map(([name, spec]) => [name, spec ? defaultOf(spec, data) : undefined]);
  return { ...defined(Object.fromEntries(defaults)), ...defined(given) } as OptionValues<T>;
}

/** Picks the values of a table's options from an object that may hold more. */
export function valuesOf(table: OptionTable, options: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(table, name) && table[name]));
}

/** Whether a run may resume with another value of an option. */
export function mayDiffer(table: OptionTable, name: string): boolean {
  const spec = Object.hasOwn(table, name) ? table[name] : null;
  return spec ? spec.affects !== 'bits' : false;
}

/** Returns an option's flag; an option of another version has the name that was stored. */
export function flagOf(table: OptionTable, name: string): string {
  const [flag = `--${name}`] = table[name]?.flag.split(' ') ?? [];
  return flag;
}

/** Writes a value as it is given on the command line, where that is possible. */
export function onCommandLine(value: unknown): string {
  if (Array.isArray(value)) return value.map(onCommandLine).join();
  return typeof value === 'string' ? value : show(value);
}

function defaultOf({ default: preset }: OptionSpec, data: 'data' | 'phantom'): unknown {
  if ('unset' in preset) return undefined;
  return 'value' in preset ? preset.value : preset[data];
}
