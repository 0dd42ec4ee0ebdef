/** Options of a plan: where it comes from, how much time there is, and what it may hold. */
import { RULES } from '../../plan/plan.js';
import { dataOptions } from './data-options.js';
import { networkOptions } from './network-options.js';
import { optimizerOptions } from './optimizer-options.js';
import type { OptionSpec, OptionTable } from './option.js';
import { path, positive } from './parsers.js';
import { trainingOptions } from './training-options.js';

export const minutesOptions = {
  minutes: {
    flag: '--minutes <n>',
    parse: positive({ high: 1e6 }),
    help: 'choose as many epochs as fit into so much time on this machine, and a smaller network where they would be too few',
    default: { unset: '' },
    affects: 'output',
  },
} as const satisfies OptionTable;

/** The options of a training that is planned. What follows from them is stored with the run, and they are not. */
export const planOptions = {
  planning: {
    flag: '--plan <plan>',
    parse: path,
    help: 'auto: options that are not given are chosen to suit the data, see unetpp plan; FILE: as in a file that plan has written; off: they have the defaults below',
    default: { unset: 'auto with --data and without an option of the network or a recipe, else off' },
    affects: 'output',
  },
  ...minutesOptions,
} as const satisfies OptionTable;

const { data: _, ...imageOptions } = dataOptions;

/** The options that a plan may hold, by the headings that help shows them under. */
export const plannedGroups = {
  'Data:': withoutDefaults(imageOptions),
  'Network:': withoutDefaults(networkOptions),
  'Training:': withoutDefaults(trainingOptions),
  'Optimizer:': withoutDefaults(optimizerOptions),
} satisfies Readonly<Record<string, OptionTable>>;

/** The options that a plan may hold: those of a run that depend on its data. */
export const plannedTable: OptionTable = Object.assign({}, ...Object.values(plannedGroups));

/** What rules choose has no default in the help of `plan`. */
function withoutDefaults(table: OptionTable): OptionTable {
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]): [string, OptionSpec | null] => [
      name,
      spec && Object.hasOwn(RULES, name) ? { ...spec, default: { unset: 'chosen to suit the data' } } : spec,
    ]),
  );
}
