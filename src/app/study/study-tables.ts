/** The tables of a study: Markdown for people, CSV and JSON with all digits. */

import { jsonText } from '../../base/json.js';
import { duration, grouped, inWords, plural } from '../../base/quantities.js';
import { SOFTWARE } from '../../formats/file-kind.js';
import { nodeVersion, processorModel } from '../../platform/node/host.js';
import { type Cell, encodeCsv } from '../../report/csv.js';
import { alignRow, columnWidths } from '../../report/text-table.js';
import { BASELINE } from '../../study/arms.js';
import type { ComparisonCells } from '../../study/compare.js';
import { type EmbeddedRow, embeddedRows } from '../../study/embedded.js';
import { type FamilyRow, familyRows } from '../../study/family.js';
import type { RunResult } from '../../study/runs.js';
import { MARKDOWN_MARK, type TableFormat } from '../kinds.js';
import type { StudyPlan } from './study-plan.js';

export interface StudyTables {
  /** The table of all that is done so far, as Markdown. */
  readonly text: string;
  readonly rows: readonly (FamilyRow | EmbeddedRow)[];
  readonly notes: readonly string[];
  /** The content of each file. */
  readonly files: Readonly<Record<TableFormat, string>>;
}

/** Makes the tables of the results, which are incomplete while runs are missing. */
export function studyTables(plan: StudyPlan, results: readonly RunResult[]): StudyTables {
  const { compare } = plan.options;
  const { rows, lines } =
    compare === 'family' ? table(FAMILY, familyRows(plan.arms, results)) : table(EMBEDDED, embeddedRows(results));
  const notes = notesOf(plan, results);
  const text = [
    `# ${title(plan)}`,
    '',
    progress(plan, results),
    '',
    ...lines,
    '',
    ...notes.map((note) => `* ${note}`),
  ].join('\n');
  const runs = { done: results.length, planned: plan.runs.length };
  // The scores of single images stay in the result of each run.
  const done = results.map(({ outputs, ...run }) => ({ ...run, outputs: outputs.map(({ images, ...same }) => same) }));
  const files = {
    md: `${MARKDOWN_MARK}${text}\n`,
    csv: csv(rows),
    json: jsonText({ software: SOFTWARE, compare, ...plan.by, runs, rows, notes, results: done }),
  };
  return { text, rows, notes, files };
}

/** Encodes rows as CSV; it is empty before the first row, which has the columns. */
function csv(rows: readonly object[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => Object.entries(row) as [string, Cell][]);
  return encodeCsv(
    cells[0]!.map(([name]) => name),
    cells.map((row) => row.map(([, value]) => value)),
  );
}

/** The columns by their titles; the first one is aligned left, all others right. */
type Columns<Row> = Readonly<Record<string, (row: Row) => string>>;

const COMPARISON: Columns<ComparisonCells> = {
  difference: ({ difference }) => (difference === null ? '' : `${difference < 0 ? '' : '+'}${difference.toFixed(4)}`),
  p: ({ p }) => probability(p),
  'p (Holm)': ({ pHolm }) => probability(pHolm),
  n: ({ units }) => (units === null ? '' : grouped(units)),
};

const FAMILY: Columns<FamilyRow> = {
  network: ({ network }) => network,
  parameters: ({ parameters }) => grouped(parameters),
  'multiply-adds': ({ macs }) => inWords(macs),
  runs: ({ runs }) => String(runs),
  Dice: ({ dice, diceDeviation }) => withDeviation(dice, diceDeviation),
  IoU: ({ iou, iouDeviation }) => withDeviation(iou, iouDeviation),
  ...COMPARISON,
  'time per run': ({ seconds }) => duration(seconds),
};

const EMBEDDED: Columns<EmbeddedRow> = {
  level: ({ level }) => level,
  parameters: ({ parameters }) => grouped(parameters),
  'multiply-adds': ({ macs }) => inWords(macs),
  runs: ({ embeddedRuns, isolatedRuns }) => `${embeddedRuns}, ${isolatedRuns}`,
  'embedded Dice': ({ embeddedDice, embeddedDeviation }) => withDeviation(embeddedDice, embeddedDeviation),
  'isolated Dice': ({ isolatedDice, isolatedDeviation }) => withDeviation(isolatedDice, isolatedDeviation),
  ...COMPARISON,
  'time embedded': ({ embeddedSeconds }) => duration(embeddedSeconds),
  'time isolated': ({ isolatedSeconds }) => (isolatedSeconds === null ? '' : duration(isolatedSeconds)),
};

/** Makes a table of rows: the rows themselves, and Markdown. */
function table<Row>(columns: Columns<Row>, rows: readonly Row[]): { rows: readonly Row[]; lines: string[] } {
  const titles = Object.keys(columns);
  const cells = rows.map((row) => Object.values(columns).map((read) => read(row)));
  const widths = columnWidths([titles, ...cells]).map((width) => Math.max(3, width));
  const line = (texts: readonly string[]) => `| ${alignRow(texts, widths).join(' | ')} |`;
  const rule = widths.map((width, k) => (k === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return { rows, lines: [line(titles), line(rule), ...cells.map(line)] };
}

/** Writes a mean with its deviation: `0.8012 ± 0.0103`. */
function withDeviation(mean: number | null, deviation: number | null): string {
  if (mean === null) return '';
  return deviation === null ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
}

function probability(p: number | null): string {
  if (p === null) return '';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

function title({ options, dataset }: StudyPlan): string {
  return options.compare === 'family'
    ? `The family on ${dataset.name}`
    : `Embedded and isolated training on ${dataset.name}`;
}

function progress({ runs, arms, splits, options }: StudyPlan, results: readonly RunResult[]): string {
  const of = `${plural(arms.length, 'network')} x ${plural(splits.length, 'fold')} x ${plural(options.seeds.length, 'seed')}`;
  const missing = runs.length - results.length;
  const state = missing === 0 ? 'all are done' : `${plural(missing, 'run')} missing: the table is not complete`;
  return `${plural(runs.length, 'run')} of ${plural(options.epochs, 'epoch')} (${of}); ${state}.`;
}

function notesOf(plan: StudyPlan, results: readonly RunResult[]): string[] {
  const { arms, splits, subset, options } = plan;
  const family = options.compare === 'family';
  const byPatient = results.some(({ outputs }) => outputs[0]!.images.some(({ patient }) => patient !== undefined));
  const tested = !family || arms.some(({ name }) => name === BASELINE);
  return [
    ...(family ? FAMILY_NOTES : EMBEDDED_NOTES),
    splits.length > 1
      ? `Cross-validation${byPatient ? ' by patient' : ''}: each of ${splits.length} folds is the test set once; the next fold selects the epoch, the others are the training set.`
      : `One split: the ${subset} images are scored.`,
    ...(subset === 'validation' ? [CHOSEN_ON] : []),
    'Scores are means over the images of a run, then mean ± standard deviation over the runs.',
    tested ? testNote(byPatient) : `There is no significance test, as ${BASELINE} is not among the networks.`,
    `Time: training and validation of one run, ${computer(plan)} of ${machine()}.`,
  ];
}

/** Describes what of the machine computes. */
function computer({ options: { workers }, by: { backend, adapter } }: StudyPlan): string {
  if (backend !== 'wasm') return adapter === null ? `on the backend ${backend}` : `on the GPU (${adapter})`;
  return workers === 'auto' ? 'on all cores' : `with ${plural(workers, 'worker')}`;
}

/** Describes the machine, without which times mean nothing. */
function machine(): string {
  return `the machine that wrote this table: ${processorModel() ?? 'processor unknown'}, Node ${nodeVersion}`;
}

const FAMILY_NOTES = [
  'Networks with deep supervision (DS), including UNet^e, are scored by the mean of their heads. The difference is Dice minus that of U-Net.',
];

const EMBEDDED_NOTES = [
  'Embedded: UNet++ with deep supervision, trained whole and pruned to the level. Isolated: the network of that level trained alone with deep supervision, scored by its deepest head. The difference is embedded minus isolated.',
  'The time of the embedded levels is that of the whole network, which covers them all.',
];

const CHOSEN_ON =
  'There is no test set: the images that are scored also selected the epoch, so all scores are slightly too high.';

function testNote(byPatient: boolean): string {
  const [units, over] = byPatient ? ['patients', 'its images and the seeds'] : ['images', 'the seeds'];
  return `p: Wilcoxon's signed-rank test, two-sided, of Dice paired over n ${units}, each the mean over ${over}; exact up to 50 differences. p (Holm) is adjusted for all tests of the table. It says how the result generalises to other ${units}, not to networks trained on other data.`;
}
