/** The output of `unetpp evaluate`: scores in rows, the mode and the heads in columns. */

import type { MeasuredScores } from '../../app/evaluation/evaluate-files.js';
import type { EvaluatedSizes } from '../../app/evaluation/evaluation-data.js';
import { grouped, plural } from '../../base/quantities.js';
import type { NamedScores } from '../../evaluate/evaluate.js';
import type { ClassScores } from '../../evaluate/metrics.js';
import type { ObjectScores } from '../../evaluate/objects.js';
import type { PatientScores } from '../../evaluate/patients.js';
import { alignRow } from '../../report/text-table.js';
import { columnsOf } from '../terminal/columns.js';
import { postprocessingsText } from './describe.js';
import { sizesText } from './words.js';

export interface TableContext {
  readonly subset: string;
  readonly sizes: EvaluatedSizes;
  /** The loss in words, where it was measured. */
  readonly objective?: string | undefined;
  /** What was averaged, in words, where anything was. */
  readonly averaged?: string | undefined;
  /** The names of the classes 1, 2, …, where they are known. */
  readonly classNames?: readonly string[] | undefined;
  /** The images of the lowest Dice, the worst first. */
  readonly worst: readonly NamedScores[];
}

interface Column extends ClassScores {
  readonly name: string;
  readonly threshold?: number;
  readonly patients?: PatientScores;
}

/** The widths of the columns. */
const LABEL = 20;
const CELL = 10;

export function evaluationTable(
  evaluation: MeasuredScores,
  { subset, sizes, objective, averaged, classNames, worst }: TableContext,
  room = columnsOf(process.stdout),
): string[] {
  const { images, mode, loss, heads, perClass, distanceUnit: unit = 'px' } = evaluation;
  const others = heads.filter(({ head }) => head !== mode);
  const columns = [{ name: mode, ...evaluation }, ...others.map((scores) => ({ name: scores.head, ...scores }))];
  const classes = perClass?.map((scores) => ({ name: `class ${scores.class}`, ...scores })) ?? [];
  const named = classNames ? `: ${classNames.map((name, k) => `${k + 1} ${name}`).join(', ')}` : '';
  const postprocessed = columns.flatMap(({ name, postprocessing }) => (postprocessing ? [[name, postprocessing]] : []));
  const facts = [
    `${plural(images, 'image')} (${subset}) ${sizesText(sizes)}`,
    ...(averaged ? [averaged] : []),
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(4)} (${objective})`]),
  ];
  return [
    facts.join(', '),
    ...(postprocessed.length > 0 ? [`masks: ${postprocessingsText(Object.fromEntries(postprocessed))}`] : []),
    '',
    ...scoreTable(perClass ? columns.map(({ threshold: _, ...column }) => column) : columns, unit, room),
    ...(perClass ? ['', `mode ${mode}, by class${named}`, ...scoreTable(classes, unit, room)] : []),
    '',
    `lowest Dice, mode ${mode}`,
    ...worst.map((row) => imageLine(row, unit)),
  ];
}

/** Makes the table; columns that do not fit into a line follow in another one below. */
function scoreTable(columns: readonly Column[], unit: string, room: number): string[] {
  const most = Math.max(1, Math.floor((room - LABEL) / CELL));
  if (columns.length > most) {
    const [first, rest] = [columns.slice(0, most), columns.slice(most)];
    return [...scoreTable(first, unit, room), '', ...scoreTable(rest, unit, room)];
  }
  const widths = [LABEL, ...columns.map(() => CELL)];
  const row = (label: string, cell: (column: Column) => string) =>
    alignRow([label, ...columns.map(cell)], widths).join('');
  const share = (label: string, read: (column: Column) => number) => row(label, (column) => read(column).toFixed(4));
  return [
    row('', ({ name }) => name),
    ...(columns[0]!.threshold === undefined
      ? []
      : [row('threshold', ({ threshold }) => `${Number(threshold!.toFixed(6))}`)]),
    share('Dice', ({ dice }) => dice),
    share('IoU', ({ iou }) => iou),
    share('precision', ({ precision }) => precision),
    share('sensitivity', ({ sensitivity }) => sensitivity),
    share('specificity', ({ specificity }) => specificity),
    row(`HD95 (${unit})`, ({ hd95 }) => distance(hd95)),
    row(`ASSD (${unit})`, ({ assd }) => distance(assd)),
    ...(columns.some(({ undefinedDistances }) => undefinedDistances)
      ? [row('  undefined in', ({ undefinedDistances = 0 }) => `${undefinedDistances}`)]
      : []),
    ...(columns[0]!.patients
      ? [share(`Dice, ${columns[0]!.patients.count} patients`, ({ patients }) => patients!.dice)]
      : []),
    share('pooled Dice', ({ pooledDice }) => pooledDice),
    share('pooled IoU', ({ pooledIou }) => pooledIou),
    share('pooled precision', ({ pooledPrecision }) => pooledPrecision),
    share('pooled sensitivity', ({ pooledSensitivity }) => pooledSensitivity),
    share('pooled specificity', ({ pooledSpecificity }) => pooledSpecificity),
    ...(columns[0]!.objects ? objectRows(row) : []),
  ];
}

/** The scores of single objects: how many there are in all images, means over the images, and pooled ones. */
function objectRows(row: (label: string, cell: (column: Column) => string) => string): string[] {
  const count = (read: (scores: ObjectScores) => number) => (column: Column) => grouped(read(column.objects!));
  const each = (read: (scores: ObjectScores) => number | null) => (column: Column) => quality(read(column.objects!));
  const pooled = (read: (scores: ObjectScores) => number | null) => (column: Column) =>
    quality(read(column.pooledObjects!));
  return [
    row(
      'objects predicted',
      count(({ predicted }) => predicted),
    ),
    row(
      'objects true',
      count(({ actual }) => actual),
    ),
    row(
      '  with IoU > 0.5',
      count(({ matched }) => matched),
    ),
    row(
      'object precision',
      each(({ precision }) => precision),
    ),
    row(
      'object recall',
      each(({ recall }) => recall),
    ),
    row(
      'object F1',
      each(({ f1 }) => f1),
    ),
    row(
      '  mean IoU (SQ)',
      each(({ sq }) => sq),
    ),
    row(
      'panoptic quality',
      each(({ pq }) => pq),
    ),
    row(
      'pooled object F1',
      pooled(({ f1 }) => f1),
    ),
    row(
      '  mean IoU (SQ)',
      pooled(({ sq }) => sq),
    ),
    row(
      '  panoptic quality',
      pooled(({ pq }) => pq),
    ),
  ];
}

function quality(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}

function imageLine({ image, dice, hd95, assd }: NamedScores, unit: string): string {
  const distances = `HD95 ${distance(hd95).padStart(6)} ${unit}  ASSD ${distance(assd).padStart(6)} ${unit}`;
  return `  ${image.padEnd(LABEL)}  Dice ${dice.toFixed(4)}  ${distances}`;
}

/** Writes a distance, `-` where there is none. */
function distance(value: number | null | undefined): string {
  return typeof value === 'number' ? value.toFixed(2) : '-';
}
