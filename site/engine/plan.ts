/** The options of a training: as they are given by texts, as they follow from the data, and what they take. */
import { availableMemory } from '#platform/host.js';
import { settleBackend } from '../../src/app/backend.js';
import type { Observer } from '../../src/app/observer.js';
import { flagOf, type OptionSpec, type OptionTable, onCommandLine } from '../../src/app/options/option.js';
import { onOrOff, ValueError } from '../../src/app/options/parsers.js';
import { type TrainCommandOptions, trainGroups, trainTable } from '../../src/app/options/train-options.js';
import { resolveWithReasons } from '../../src/app/planning/resolve-options.js';
import { readInitialModel } from '../../src/app/training/initial-model.js';
import { planTraining } from '../../src/app/training/job.js';
import { openData } from '../../src/app/training/training-data.js';
import { InputError } from '../../src/base/errors.js';
import { few } from '../../src/base/quantities.js';
import { show } from '../../src/base/show.js';
import type { GivenOptions, PlannedOption, PlanView } from './protocol.js';

type Given = Partial<TrainCommandOptions>;

/** What the page decides by itself: where data and runs lie, and what computes. */
const NOT_SHOWN: readonly string[] = [
  ...['data', 'out', 'force', 'resume', 'continue', 'wait', 'logSteps'],
  ...['backend', 'workers', 'checkpointSteps', 'checkpointMinutes'],
];

/**
 * Parses options as the command line does: by their names in the library, or those of their flags.
 * @throws InputError as the command line words it, for a name or a value that is none
 */
export function parseGiven(data: string | undefined, given: GivenOptions): Given {
  const table: OptionTable = trainTable;
  const parsed = Object.entries(given).map(([key, text]) => {
    const name = nameOf(key);
    return [name, parse(table[name]!, text)] as const;
  });
  return { ...Object.fromEntries(parsed), ...(data !== undefined && { data }) };
}

/** The name of an option in the library. @throws InputError for what is none */
function nameOf(key: string): string {
  const known = Object.entries<OptionSpec | null>(trainTable).flatMap(([name, spec]) => (spec ? [name] : []));
  const found = known.find((name) => name === key || flagOf(trainTable, name) === `--${key}`);
  if (found !== undefined) return found;
  throw new InputError(`no option is called ${show(key)}; there are ${few(known, known.length)}`);
}

function parse({ flag, parse }: OptionSpec, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const expected = parse.choices
      ? `Allowed choices are ${parse.choices.join(', ')}`
      : error.message.replace(/\.$/, '');
    throw new InputError(`option '${flag}' argument '${text}' is invalid. ${expected}`);
  }
}

/** The options with their reasons, and what the training takes; nothing is allocated for it. */
export async function planOf(given: Given, observer: Observer): Promise<PlanView> {
  const never = new AbortController().signal;
  const { options, reasons, seconds } = await resolveWithReasons(given, observer, never);
  const initial = await readInitialModel(options);
  const planned = await planTraining(await settleBackend(options, observer), await openData(options), initial);
  planned.backend.close();
  return {
    options: Object.entries(trainGroups).flatMap(([heading, table]) =>
      plannedOptions(heading, table, options, reasons),
    ),
    memoryBytes: planned.memory,
    availableBytes: availableMemory(),
    minutes: seconds === undefined ? null : seconds / 60,
  };
}

function plannedOptions(
  heading: string,
  table: OptionTable,
  options: TrainCommandOptions,
  reasons: Readonly<Record<string, string>>,
): PlannedOption[] {
  const values: Readonly<Record<string, unknown>> = { ...options };
  return Object.entries(table).flatMap(([name, spec]) => {
    if (!spec || NOT_SHOWN.includes(name)) return [];
    const value = values[name];
    return {
      name,
      flag: flagOf(table, name),
      help: spec.help,
      value: value === undefined ? '' : onCommandLine(value),
      reason: reasons[name] ?? null,
      choices: choicesOf(spec),
      group: heading === '' ? 'Plan' : heading.replace(/:$/, ''),
    };
  });
}

function choicesOf({ parse }: OptionSpec): readonly string[] | null {
  if (parse === onOrOff) return ['true', 'false'];
  return (parse.choices as readonly string[] | undefined) ?? null;
}
