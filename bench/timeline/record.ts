/** When the steps of a program begin and end, with the chunks that each thread of a team did, seen from outside of it. */
import { Team } from '../../src/backend/wasm/team/team.js';
import { invariant } from '../../src/base/errors.js';
import type { OpName } from '../../src/ops/index.js';
import { layerOf } from '../step.js';
import { watchKernels } from '../watch.js';

/** Milliseconds by the clock that all threads of this process share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What one thread does of a step at a time. */
export interface Chunk {
  /** The first thread is 0. */
  readonly thread: number;
  readonly begin: number;
  readonly end: number;
}

/** A step, from its opening until all its chunks are done. */
export interface StepRecord {
  /** The kernel; its packing of filters is a step of its own. */
  readonly name: string;
  /** The sizes of the step, for people. */
  readonly layer: string;
  readonly begin: number;
  readonly end: number;
  /** One, by the first thread, where the step is not shared. */
  readonly chunks: readonly Chunk[];
}

/** One pass through a program. */
export interface Run {
  readonly ms: number;
  readonly steps: readonly StepRecord[];
}

export function lengthOf({ begin, end }: Pick<Chunk, 'begin' | 'end'>): number {
  return end - begin;
}

/** The chunks of a thread other than the first, in memory that both see. */
export class ChunkLog {
  /** How many there are, then the begin and the end of each. */
  readonly #times: Float64Array;

  constructor(readonly buffer = new SharedArrayBuffer(8 * (1 + 2 * CAPACITY))) {
    this.#times = new Float64Array(buffer);
  }

  add(begin: number, end: number): void {
    const count = this.#times[0]!;
    invariant(count < CAPACITY, `a thread has done more than ${CAPACITY} chunks`);
    this.#times.set([begin, end], 1 + 2 * count);
    this.#times[0] = count + 1;
  }

  /** Returns the chunks since the last call; between two runs, while the thread rests. */
  take(thread: number): Chunk[] {
    const count = this.#times[0]!;
    this.#times[0] = 0;
    return Array.from({ length: count }, (_, k) => {
      return { thread, begin: this.#times[1 + 2 * k]!, end: this.#times[2 + 2 * k]! };
    });
  }
}

const CAPACITY = 1 << 14;

/** Records the steps that this thread runs, alone or as the first of a team, until it is closed. */
export class Recorder {
  #steps: StepRecord[] = [];
  /** The chunks of the step that a team is at. */
  #shared: Chunk[] | undefined;
  readonly #restore: () => void;

  constructor() {
    const restoreKernels = watchKernels((run, op, packs) => (exports, call) => {
      const begin = now();
      run(exports, call);
      const chunk = { thread: 0, begin, end: now() };
      if (this.#shared) this.#shared.push(chunk);
      else this.#add(packs ? `${op}, filters` : op, layerText(op, call.geometry), chunk, [chunk]);
    });
    const { runTogether } = Team.prototype;
    const recorder = this;
    Team.prototype.runTogether = function (exports, call) {
      const chunks = (recorder.#shared = []);
      const begin = now();
      runTogether.call(this, exports, call);
      recorder.#shared = undefined;
      recorder.#add(call.op, layerText(call.op as OpName, call.geometry), { begin, end: now() }, chunks);
    };
    this.#restore = () => {
      Team.prototype.runTogether = runTogether;
      restoreKernels();
    };
  }

  /** Returns the steps since the last call. @param logs what the other threads of the team did, in their order */
  take(logs: readonly ChunkLog[] = []): StepRecord[] {
    const steps = this.#steps;
    this.#steps = [];
    const others = logs.flatMap((log, k) => log.take(k + 1));
    return steps.map((step) => {
      const within = others.filter(({ begin, end }) => begin >= step.begin && end <= step.end);
      return { ...step, chunks: [...step.chunks, ...within] };
    });
  }

  close(): void {
    this.#restore();
  }

  #add(name: string, layer: string, { begin, end }: Pick<Chunk, 'begin' | 'end'>, chunks: readonly Chunk[]): void {
    this.#steps.push({ name, layer, begin, end, chunks });
  }
}

/** Describes a layer by its geometry alone. */
function layerText(op: OpName, geometry: unknown): string {
  return (
    layerOf(op, geometry) ??
    Object.values(geometry as object)
      .filter(Number.isInteger)
      .join('x')
  );
}
