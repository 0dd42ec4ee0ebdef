/** config.json of a run, which somebody may have edited: each option must be one that the command line could have given. */
import { isDeepStrictEqual } from 'node:util';
import type { Option } from 'commander';
import { type Form, listOf, object, requireForm, text } from '../../base/form.js';
import { show } from '../../base/show.js';
import { type Split, subsets } from '../../data/split/split.js';
import type { RunFolder } from '../../platform/node/runs/run-folder.js';
import { trainCommand, withDataDefaults } from '../../cli/options/train-options.js';
import type { TrainCommandOptions } from '../options/train-options.js';

const ADVICE = 'restore the file from a copy, or start a new run';

/**
 * The options that a run was started with.
 * @throws InputError that names the file, the option, what it is and what is expected
 */
export function storedOptions({ config: stored, configFile }: RunFolder): TrainCommandOptions {
  const command = trainCommand();
  const required = Object.keys(withDataDefaults(command.opts()));
  const forms = command.options.map((option) => {
    const name = option.attributeName();
    // The names of the images are `split` there.
    return [name === 'split' ? 'splitSizes' : name, formOf(option, required.includes(name))] as const;
  });
  requireForm(stored, object(Object.fromEntries(forms)), configFile, ADVICE);
  const { config, data, split, splitSizes, ...others } = stored;
  const options = { ...others, ...(data !== null && { data }), ...(splitSizes !== undefined && { split: splitSizes }) };
  return options as unknown as TrainCommandOptions;
}

/**
 * The images that a run was started on.
 * @throws InputError that names the file, the subset, what it is and what is expected
 */
export function storedSplit({ config, configFile }: RunFolder): Split {
  const split = object(Object.fromEntries(subsets.map((subset) => [subset, listOf(text)])));
  requireForm(config, object({ split }), configFile, ADVICE);
  return config.split as Split;
}

/** An option that is not required may be absent; `data` is null where the run is on the phantom. */
function formOf(option: Option, required: boolean): Form {
  const name = option.attributeName();
  return (found, field) => {
    if (found === undefined ? !required : found === null && name === 'data') return undefined;
    const expected = expectedOf(option, found);
    return expected === undefined ? undefined : { field, found, expected };
  };
}

/** What an option is to be; undefined where it is. A value is sound if it comes out as it is when it is parsed anew. */
function expectedOf(option: Option, value: unknown): string | undefined {
  if (option.isBoolean() || option.negate) return typeof value === 'boolean' ? undefined : 'true or false';
  const { argChoices } = option;
  if (argChoices) return argChoices.includes(value as string) ? undefined : `one of ${argChoices.join(', ')}`;
  if (!option.parseArg) return typeof value === 'string' ? undefined : 'a text';
  try {
    const parsed: unknown = option.parseArg(onCommandLine(value), undefined);
    return isDeepStrictEqual(parsed, value) ? undefined : show(parsed);
  } catch (error) {
    // `Expected a number above 0.`; some say what they found, too.
    return (error as Error).message.replace(/^Expected |[;,] found .*|\.$/gs, '');
  }
}

/** A value as it is given on the command line, where it can be. */
export function onCommandLine(value: unknown): string {
  if (Array.isArray(value)) return value.map(onCommandLine).join();
  return typeof value === 'string' ? value : show(value);
}
