/** How a forward pass runs on a team of threads: measured on the cores of this machine, and foreseen for more. */
import { WasmBackend } from '../../src/backend/wasm/backend.js';
import type { TeamOptions } from '../../src/backend/wasm/team/team.js';
import { InputError } from '../../src/base/errors.js';
import { compileWasm } from '../../src/platform/node/wasm/module.js';
import type { Engine, EngineOptions } from '../engine.js';
import { threadCounts } from '../growth.js';
import { Workload, type WorkloadOptions } from '../workload.js';
import { barrierMsOf, type Costs, type Loss, losses, type Prediction, predict, type StepCost } from './model.js';
import { ChunkLog, lengthOf, now, Recorder, type Run } from './record.js';
import { absentThreads, startRecorded } from './teams.js';

/** The teams that are foreseen. */
export const TEAMS = [1, 2, 4, 8, 16];
/** Of this one, the steps that lose most are listed. */
export const LARGEST = TEAMS.at(-1)!;

/** A team that was measured. */
export interface MeasuredTeam {
  readonly threads: number;
  /** The milliseconds of each step. */
  readonly stepMs: readonly number[];
  readonly outsideMs: number;
  readonly fastest: Run;
}

export interface Timeline {
  readonly costs: Costs;
  /** For each of `TEAMS`. */
  readonly predictions: readonly Prediction[];
  readonly measured: readonly MeasuredTeam[];
  /** What the steps lose on `LARGEST` threads. */
  readonly losses: readonly Loss[];
}

export interface TimelineOptions extends WorkloadOptions, EngineOptions {}

const WARM_UP = 2;
const ROUNDS = 21;

/** A network on a team, with its runs so far. */
interface Team {
  readonly threads: number;
  readonly workload: Workload;
  readonly logs: readonly ChunkLog[];
  readonly runs: Run[];
  close(): void;
}

/**
 * Measures all teams in turns.
 * @param onRound is told how many of all rounds are done
 * @throws InputError for a GPU, for `threads`, and where there is one core
 */
export async function measureTimeline(
  options: TimelineOptions,
  engine: Engine,
  onRound: (done: number, total: number) => void,
): Promise<Timeline> {
  if (engine.backend !== 'wasm') throw new InputError('--timeline: teams of threads belong to wasm');
  if (engine.threads > 1) throw new InputError('--timeline: it measures teams of its own; leave --threads out');
  const real = threadCounts().filter((threads) => threads > 1);
  if (real.length === 0) throw new InputError('--timeline: a team needs two cores, and this process may use one');
  const { module } = compileWasm({ ...options, shared: true });
  const recorder = new Recorder();
  const teams: Team[] = [];
  const join = (threads: number, start: TeamOptions['start'], logs: readonly ChunkLog[] = []): Team => {
    const backend = new WasmBackend(module, { threads, start });
    const team = { threads, workload: new Workload(options, backend), logs, runs: [], close: () => backend.close() };
    teams.push(team);
    return team;
  };
  try {
    const alone = TEAMS.map((threads) => join(threads, absentThreads));
    const together = real.map((threads) => {
      const logs = Array.from({ length: threads - 1 }, () => new ChunkLog());
      return join(threads, (inits) => startRecorded(inits, logs), logs);
    });
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const team of teams) {
        const run = await runOnce(team, recorder);
        if (round >= 0) team.runs.push(run);
      }
      onRound(round + WARM_UP + 1, ROUNDS + WARM_UP);
    }
    return summarize(alone, together);
  } finally {
    for (const team of teams) team.close();
    recorder.close();
  }
}

async function runOnce({ workload, logs }: Team, recorder: Recorder): Promise<Run> {
  recorder.take(logs);
  const started = now();
  await workload.infer();
  const ms = now() - started;
  return { ms, steps: recorder.take(logs) };
}

/** Of every chunk and every step, the round counts that the rest of the machine disturbed least: its shortest time. */
function summarize(alone: readonly Team[], together: readonly Team[]): Timeline {
  const { runs } = alone[0]!;
  const steps = runs[0]!.steps.map(({ name, layer }, k): StepCost => {
    return { name, layer, chunks: new Map(alone.map((team) => [team.threads, chunkMs(team, k)])) };
  });
  const costs = { steps, outsideMs: least(runs, outsideMs), barrierMs: barrierMsOf(together[0]!.runs) };
  const predictions = TEAMS.map((threads) => predict(costs, threads));
  return { costs, predictions, measured: together.map(measuredTeam), losses: losses(costs, LARGEST) };
}

function chunkMs({ runs }: Team, k: number): number[] {
  const chunksOf = (run: Run) => run.steps[k]!.chunks;
  return chunksOf(runs[0]!).map((_, chunk) => least(runs, (run) => lengthOf(chunksOf(run)[chunk]!)));
}

function measuredTeam({ threads, runs }: Team): MeasuredTeam {
  const stepMs = runs[0]!.steps.map((_, k) => least(runs, ({ steps }) => lengthOf(steps[k]!)));
  const fastest = runs.reduce((best, run) => (run.ms < best.ms ? run : best));
  return { threads, stepMs, outsideMs: least(runs, outsideMs), fastest };
}

function outsideMs({ ms, steps }: Run): number {
  return steps.reduce((rest, step) => rest - lengthOf(step), ms);
}

function least(runs: readonly Run[], of: (run: Run) => number): number {
  return Math.min(...runs.map(of));
}
