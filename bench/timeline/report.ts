/** The timeline of a forward pass in words and tables. */
import { type Cell, table } from '../table.js';
import { barrierOf, predict, stepMs } from './model.js';
import { LARGEST, type MeasuredTeam, type Timeline } from './timeline.js';

/** So many steps are listed. */
const LISTED = 10;

/** Says how the tables are read. */
export const TIMELINE_NOTE =
  'The times of a model, and of the teams that this machine has cores for. The model takes the chunks of a team, each timed on one thread, and gives the next one to whoever is free; a barrier costs what is measured with two threads, once for each other thread. Every chunk and every step counts with its shortest time of some rounds. The model leaves out what cores share: memory, caches, heat. Lost is what a team takes more than its share of the time of one thread: in steps that the first thread does alone, in chunks that are uneven or take longer than the whole, and at barriers.';

/** Makes a row for each team, and below a line on the barrier. */
export function teamsTable({ costs, predictions, measured }: Timeline): string {
  const [single] = predictions;
  const rows = table(
    ['threads', 'model ms', 'times faster', 'measured ms', 'lost alone ms', 'in chunks ms', 'at barriers ms'],
    predictions.map(({ threads, ms, aloneMs, cuttingMs, barriersMs }) => {
      const team = measured.find((each) => each.threads === threads);
      const found = team && measuredMs(team);
      return [threads, ms, single!.ms / ms, found, aloneMs, cuttingMs, barriersMs].map(withoutDust);
    }),
  );
  return `${rows}\n\nA barrier between two threads takes ${(1000 * costs.barrierMs).toFixed(1)} µs.`;
}

function measuredMs({ stepMs, outsideMs }: MeasuredTeam): number {
  return stepMs.reduce((sum, ms) => sum + ms, outsideMs);
}

/** Compares model and measurement of a team, by kernel. */
export function kernelsTable({ costs, measured }: Timeline, threads: number): string {
  const team = measured.find((each) => each.threads === threads)!;
  const { steps, outsideMs } = costs;
  const rows = [...new Set(steps.map(({ name }) => name))].map((kernel): Cell[] => {
    const sum = (of: (k: number) => number) => {
      return steps.reduce((total, { name }, k) => total + (name === kernel ? of(k) : 0), 0);
    };
    const count = steps.filter(({ name }) => name === kernel).length;
    const model = sum((k) => stepMs(steps[k]!, threads) + barrierOf(costs, steps[k]!, threads));
    return [kernel, count, sum((k) => stepMs(steps[k]!, 1)), model, sum((k) => team.stepMs[k]!)];
  });
  const total = ['all', steps.length, predict(costs, 1).ms, predict(costs, threads).ms, measuredMs(team)];
  return table(
    ['kernel', 'steps', '1 thread ms', `model of ${threads} ms`, `measured with ${threads} ms`],
    [...rows, ['(outside)', undefined, outsideMs, outsideMs, team.outsideMs], total].map((row) => row.map(withoutDust)),
  );
}

/** Makes a row for each of the steps that lose most. */
export function lossesTable({ losses }: Timeline): string {
  return table(
    ['kernel', 'layer', '1 thread ms', 'chunks', `model of ${LARGEST} ms`, 'lost ms'],
    losses.slice(0, LISTED).map(({ step, chunks, ms, lostMs }) => {
      return [step.name, step.layer, stepMs(step, 1), chunks, ms, lostMs];
    }),
  );
}

/** Writes times below a microsecond, the dust of sums, as 0. */
function withoutDust(cell: Cell): Cell {
  return typeof cell === 'number' && Math.abs(cell) < 5e-4 ? 0 : cell;
}

/** The same for scripts. */
export function timelineJson({ costs, predictions, measured, losses }: Timeline): object {
  const { outsideMs, barrierMs } = costs;
  const steps = losses.map(({ step, chunks, ms, lostMs }) => {
    return { kernel: step.name, layer: step.layer, singleMs: stepMs(step, 1), chunks, ms, lostMs };
  });
  const teams = measured.map((team) => ({ threads: team.threads, ms: measuredMs(team) }));
  return { predictions, measured: teams, outsideMs, barrierMs, losses: { threads: LARGEST, steps } };
}
