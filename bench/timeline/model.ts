/**
 * What a forward pass would take on a team of more threads than this machine has cores. A step is cut into chunks, and
 * whoever is free takes the next one; so its time follows from the times of its chunks, which one thread can measure. What
 * threads do to each other is left out: cores that share the memory, and caches that do not hold what another thread wrote.
 */
import { median } from '../../src/base/statistics.js';
import { lengthOf, type Run, type StepRecord } from './record.js';

/** A step, as it is measured on one thread. */
export interface StepCost {
  readonly name: string;
  readonly layer: string;
  /** The milliseconds of each chunk, by the number of threads that the step is cut for: one is not shared. */
  readonly chunks: ReadonlyMap<number, readonly number[]>;
}

/** What is measured, from which the time of any team follows. */
export interface Costs {
  readonly steps: readonly StepCost[];
  /** The milliseconds that one thread spends outside of all steps. */
  readonly outsideMs: number;
  /** What opening and closing a shared step takes on a team of two. */
  readonly barrierMs: number;
}

/** The time of a team, and how it comes about. */
export interface Prediction {
  readonly threads: number;
  readonly ms: number;
  /** The time of one thread, divided by the threads. */
  readonly idealMs: number;
  /** What is lost to that because the first thread does it alone, … */
  readonly aloneMs: number;
  /** … because chunks are no equal shares, and take longer than a whole step together, … */
  readonly cuttingMs: number;
  /** … and to opening and closing shared steps. */
  readonly barriersMs: number;
}

/** The time until chunks are done where each thread takes the next one as soon as it is free. */
export function makespan(chunks: readonly number[], threads: number): number {
  const busy = Array<number>(threads).fill(0);
  for (const ms of chunks) {
    const next = busy.indexOf(Math.min(...busy));
    busy[next]! += ms;
  }
  return Math.max(...busy);
}

/** Foresees the time of a step, without its barrier. */
export function stepMs({ chunks }: StepCost, threads: number): number {
  return makespan(chunks.get(threads)!, threads);
}

function isShared({ chunks }: StepCost, threads: number): boolean {
  return chunks.get(threads)!.length > 1;
}

/** What a barrier takes: with every thread more, one more that writes and reads the same words. */
export function barrierOf({ barrierMs }: Costs, step: StepCost, threads: number): number {
  return isShared(step, threads) ? barrierMs * (threads - 1) : 0;
}

/** Foresees the time of a team. */
export function predict(costs: Costs, threads: number): Prediction {
  const { steps, outsideMs } = costs;
  const share = (1 - 1 / threads) * outsideMs;
  const sum = (of: (step: StepCost) => number) => steps.reduce((total, step) => total + of(step), 0);
  const lost = (step: StepCost) => stepMs(step, threads) - stepMs(step, 1) / threads;
  const idealMs = (outsideMs + sum((step) => stepMs(step, 1))) / threads;
  const aloneMs = share + sum((step) => (isShared(step, threads) ? 0 : lost(step)));
  const cuttingMs = sum((step) => (isShared(step, threads) ? lost(step) : 0));
  const barriersMs = sum((step) => barrierOf(costs, step, threads));
  return { threads, ms: idealMs + aloneMs + cuttingMs + barriersMs, idealMs, aloneMs, cuttingMs, barriersMs };
}

/** A step on a team, and what it loses there. */
export interface Loss {
  readonly step: StepCost;
  readonly chunks: number;
  readonly ms: number;
  /** What it takes more than the time of one thread, divided by the threads. */
  readonly lostMs: number;
}

/** The steps with what they lose on a team, barriers included, those that lose most first. */
export function losses(costs: Costs, threads: number): Loss[] {
  return costs.steps
    .map((step) => {
      const ms = stepMs(step, threads) + barrierOf(costs, step, threads);
      return { step, chunks: step.chunks.get(threads)!.length, ms, lostMs: ms - stepMs(step, 1) / threads };
    })
    .sort((a, b) => b.lostMs - a.lostMs);
}

/**
 * What the first thread of a team spends in a shared step beside its chunks and the wait for those of others: the least of
 * all runs, and of these the median over the steps.
 */
export function barrierMsOf(runs: readonly Run[]): number {
  const [first] = runs;
  const shared = first!.steps.flatMap(({ chunks }, k) => (chunks.length > 1 ? [k] : []));
  if (shared.length === 0) return 0;
  return median(shared.map((k) => Math.min(...runs.map(({ steps }) => besideChunks(steps[k]!)))));
}

function besideChunks(step: StepRecord): number {
  const own = step.chunks.filter(({ thread }) => thread === 0);
  const through = own.at(-1)?.end ?? step.begin;
  const waited = Math.max(...step.chunks.map(({ end }) => end)) - through;
  return own.reduce((rest, chunk) => rest - lengthOf(chunk), lengthOf(step) - waited);
}
