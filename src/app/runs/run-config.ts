/**
 * Options as JSON, in config.json of a run and protocol.json of a study, under the library's names. Somebody may have
 * edited the files, so each option must be one that the command line could have given.
 */
import { deepEqual } from '../../base/deep-equal.js';
import { type Form, listOf, object, requireForm, text } from '../../base/form.js';
import { show } from '../../base/show.js';
import { type Split, subsets } from '../../data/split/split.js';
import type { RunConfig, RunFolder } from '../../runs/run-folder.js';
import { type OptionSpec, type OptionTable, onCommandLine, valuesOf } from '../options/option.js';
import { ValueError } from '../options/parsers.js';
import { type TrainCommandOptions, trainTable } from '../options/train-options.js';
import type { PlannedTraining } from '../training/job.js';

const ADVICE = 'restore the file from a copy, or start a new run';

/** Names of version 0.1.0, and their present ones. */
const RENAMED: Readonly<Record<string, keyof TrainCommandOptions>> = {
  lr: 'learningRate',
  minLr: 'minLearningRate',
  clip: 'maxGradientNorm',
  ema: 'emaDecay',
  normalise: 'normalisation',
  init: 'initialisation',
};

/** Renames stored options to the names of this version. */
export function withCurrentNames<T>(stored: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => [RENAMED[name] ?? name, value]));
}

/** Picks the options that a run or a study keeps: all but those of a single call; `data` is null for the phantom. */
export function toStore(table: OptionTable, options: TrainCommandOptions): RunConfig {
  const stored = Object.entries(valuesOf(table, options)).filter(([name]) => table[name]!.affects !== 'output');
  return { ...Object.fromEntries(stored), data: options.data ?? null };
}

/**
 * Makes the content of config.json: the options that the run keeps, which weights it begins from, the network that follows
 * from them, the images.
 */
export function toRunConfig({ options, dataset, config, initial }: PlannedTraining): RunConfig {
  const begun = initial && { initialWeightsSha256: initial.sha256 };
  return { ...toStore(trainTable, options), ...begun, config, split: dataset.split };
}

/** Returns the options in a config.json, as values of JSON; the network follows from them, and images have digests. */
export function optionsOf({ config, split, ...options }: RunConfig): Readonly<Record<string, unknown>> {
  return withCurrentNames(JSON.parse(JSON.stringify(options)));
}

/**
 * Returns the options that a run was started with.
 * @throws InputError that names the file, the option, its value and what is expected
 */
export function storedOptions({ config, configFile }: RunFolder): TrainCommandOptions {
  const stored = optionsOf(config);
  const specs = Object.entries<OptionSpec | null>(trainTable);
  const forms = specs.flatMap(([name, spec]) =>
    spec && spec.affects !== 'output' ? [[name, formOf(name, spec)] as const] : [],
  );
  requireForm(stored, object(Object.fromEntries(forms)), configFile, ADVICE);
  const { data, ...options } = valuesOf(trainTable, stored);
  return { ...options, ...(data !== null && { data }) } as TrainCommandOptions;
}

/**
 * Returns the images that a run was started on.
 * @throws InputError that names the file, the subset, its value and what is expected
 */
export function storedSplit({ config, configFile }: RunFolder): Split {
  const split = object(Object.fromEntries(subsets.map((subset) => [subset, listOf(text)])));
  requireForm(config, object({ split }), configFile, ADVICE);
  return config.split as Split;
}

/**
 * Returns the SHA-256 of the weights that a run was begun from.
 * @throws InputError that names the file, where it holds none
 */
export function storedInitialWeights({ config, configFile }: RunFolder): string {
  requireForm(config, object({ initialWeightsSha256: text }), configFile, ADVICE);
  return config.initialWeightsSha256 as string;
}

/** An option that has no default may be absent; `data` is null where the run is on the phantom. */
function formOf(name: string, spec: OptionSpec): Form {
  const value = valueForm(spec);
  return (found, field) => {
    if (found === undefined ? 'unset' in spec.default : found === null && name === 'data') return undefined;
    return value(found, field);
  };
}

/** The form of a value that the command line could have given. */
export function valueForm(spec: OptionSpec): Form {
  return (found, field) => {
    const expected = expectedOf(spec, found);
    return expected === undefined ? undefined : { field, found, expected };
  };
}

/** Says what an option should be; undefined where it is. A valid value is unchanged when it is parsed again. */
function expectedOf({ parse }: OptionSpec, value: unknown): string | undefined {
  try {
    const parsed = parse(onCommandLine(value));
    if (deepEqual(parsed, value)) return undefined;
    return typeof parsed === 'string' && typeof value !== 'string' ? 'a text' : show(parsed);
  } catch (error) {
    return error instanceof ValueError ? error.expected : (error as Error).message;
  }
}
