/** The tables of `unetpp runs`. */
import { differingOptions, type ListedRun, type RunComparison } from '../../app/runs/list-runs.js';
import { duration, plural } from '../../base/quantities.js';
import { columnsOf } from '../terminal/columns.js';
import { table } from './table.js';

/** Makes a row for each run, with the options in which they differ, and a line for each that is broken. */
export function runsLines(runs: readonly ListedRun[], folder: string, room = columnsOf(process.stdout)): string[] {
  if (runs.length === 0) return [`${folder}: no runs`];
  const names = differingOptions(runs);
  const titles = ['run', 'changed', 'state', 'epochs', 'best', 'Dice', 'IoU', 'time'];
  const cells = (run: ListedRun) => [
    run.run,
    run.changed.slice(0, 16).replace('T', ' '),
    run.state,
    String(run.epochs),
    String(run.bestEpoch ?? '-'),
    score(run.dice),
    score(run.iou),
    duration(run.seconds),
  ];
  const differing = names.length > 0 ? ['', 'what differs:', ...optionLines(runs, names)] : [];
  return [...table(titles, runs.map(cells), room), ...differing, ...brokenLines(runs)];
}

/** Makes a line for each run that is broken. */
function brokenLines(runs: readonly ListedRun[]): string[] {
  const broken = runs.flatMap(({ run, damage }) => (damage === undefined ? [] : [`${run}: ${damage}`]));
  return broken.length > 0 ? ['', ...broken] : [];
}

/** Makes a line for each run: `  run  --lr 0.01 --seed 2`. */
function optionLines(runs: readonly ListedRun[], names: readonly string[]): string[] {
  const width = Math.max(...runs.map(({ run }) => run.length));
  return runs
    .filter(({ options }) => Object.keys(options).length > 0)
    .map(({ run, options }) => {
      const given = names.filter((name) => options[name] !== undefined).map((name) => `--${name} ${options[name]}`);
      return `  ${run.padEnd(width)}  ${given.join(' ')}`;
    });
}

/** Makes the lines on two runs: options that differ, then scores. */
export function comparisonLines(
  { runs, options, sameImages }: RunComparison,
  room = columnsOf(process.stdout),
): string[] {
  const [a, b] = runs;
  const differing = Object.entries(options).map(([name, values]) => [
    `--${name}`,
    ...values.map((value) => value ?? '-'),
  ]);
  const rows: string[][] = [
    ...differing,
    ['state', a.state, b.state],
    ['epochs', String(a.epochs), String(b.epochs)],
    ['best epoch', String(a.bestEpoch ?? '-'), String(b.bestEpoch ?? '-')],
    ['Dice', score(a.dice), score(b.dice)],
    ['IoU', score(a.iou), score(b.iou)],
    ['time', duration(a.seconds), duration(b.seconds)],
  ];
  const images = { true: 'on the same images', false: 'on different images', null: 'on images that are not known' }[
    `${sameImages}`
  ];
  const count =
    differing.length === 0
      ? 'no option differs'
      : `${plural(differing.length, 'option')} that ${differing.length === 1 ? 'differs' : 'differ'}`;
  return [`${count}, ${images}`, '', ...table(['', a.run, b.run], rows, room), ...brokenLines(runs)];
}

function score(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}
