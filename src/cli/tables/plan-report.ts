/** The report of `unetpp plan`. */
import { flagOf, onCommandLine, valuesOf } from '../../app/options/option.js';
import { plannedTable } from '../../app/options/plan-options.js';
import type { MadePlan, PlanCommandOptions } from '../../app/planning/make-plan.js';
import { duration, grouped, memorySize, percent, plural } from '../../base/quantities.js';
import type { DataFacts } from '../../plan/facts.js';
import { computerText } from './describe.js';
import { channelsText, shellWord } from './words.js';

/** The widest option with its value for which the reason stands in the same line. */
const WIDEST = 40;

/** The facts, an option with its reason in each line, the forecast, and the command that trains. */
export function planLines(made: MadePlan, given: PlanCommandOptions): string[] {
  const { plan, planned, files } = made;
  const { memoryBytes, secondsPerEpoch, minutes } = plan.forecast;
  const options = Object.entries(plan.options).map(
    ([name, value]) => [optionText(name, value), plan.reasons[name]!] as const,
  );
  const shown = options.map(([option]) => option.length).filter((length) => length <= WIDEST);
  const width = Math.max(0, ...shown);
  const epoch = `${Number(secondsPerEpoch.toPrecision(2))} s an epoch`;
  return [
    ...factLines(given.data, plan.data),
    '',
    ...options.flatMap(([option, reason]) =>
      option.length <= WIDEST ? [`${option.padEnd(width)}  ${reason}`] : [option, `${''.padEnd(width)}  ${reason}`],
    ),
    '',
    `forecast  ${memorySize(memoryBytes)} of memory; about ${duration(60 * minutes)} with ${computerText(planned.backend)}, ${epoch}`,
    ...files.map((file) => `file      ${file}`),
    '',
    'Train with it:',
    `  ${trainCommand(made, given)}`,
  ];
}

function factLines(data: string, facts: DataFacts): string[] {
  const { images, patients, channels, bits, sizes, contrast, shares, empty, looked, objectSide } = facts;
  const size = ({ width, height }: DataFacts['sizes']['median']) => `${Math.round(width)}x${Math.round(height)}`;
  const [smallest, median, largest] = [sizes.smallest, sizes.median, sizes.largest].map(size);
  const sizeText = smallest === largest ? smallest : `${smallest} to ${largest}, median ${median}`;
  const of = patients === null ? '' : ` of ${plural(patients, 'patient')}`;
  const [, ...classes] = shares.map(percent);
  const without = empty === 0 ? 'every image shows some' : `${percent(empty)} of the images show none`;
  return [
    `data      ${data}: ${plural(images.train, 'image')} to train on, ${grouped(images.validation)} to validate on${of}`,
    `images    ${sizeText} pixels, ${bits}-bit ${channelsText(channels)}, ${percent(contrast)} of the range used`,
    `masks     ${classes.length === 1 ? 'foreground is' : `${classes.length} classes are`} ${classes.join(', ')} of the pixels; ${without}; the largest object is ${Math.round(objectSide)} pixels long`,
    `looked at ${plural(looked, 'training image')} for the values and masks`,
  ];
}

/** Writes an option as on the command line. */
function optionText(name: string, value: unknown): string {
  const flag = flagOf(plannedTable, name);
  if (value === true) return flag;
  if (value === false) return flag.replace('--', '--no-');
  return `${flag} ${shellWord(onCommandLine(value))}`;
}

/** The command that trains by the plan: with its file, or with what it follows from. */
function trainCommand({ files: [file], rates }: MadePlan, given: PlanCommandOptions): string {
  const train = `npx unetpp train --data ${shellWord(given.data)}`;
  if (file !== undefined) return `${train} --plan ${shellWord(file)}`;
  const { suggestion } = rates ?? {};
  const own = { ...valuesOf(plannedTable, given), ...(suggestion !== undefined && { learningRate: suggestion }) };
  const options = Object.entries(own).map(([name, value]) => optionText(name, value));
  const minutes = given.minutes === undefined ? [] : [`--minutes ${given.minutes}`];
  // An option of the network alone would switch the plan off.
  const auto = options.length === 0 ? [] : ['--plan auto'];
  return [train, ...auto, ...minutes, ...options].join(' ');
}
