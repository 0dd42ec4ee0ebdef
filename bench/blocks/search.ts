/** Compares values of one constant of the Winograd kernels with the present one, on the whole network and in turns. */
import type { Backend, Values } from '../../src/backend/backend.js';
import { sha256OfParts } from '../../src/base/sha256.js';
import { median } from '../../src/base/statistics.js';
import { type Cell, table } from '../table.js';
import type { Workload, WorkloadOptions } from '../workload.js';
import type { Variables } from './variables.js';

/** The constants of src/backend/wasm/kernels/winograd-pass.ts that are searched, each with the values that are tried. */
export const CANDIDATES = {
  BLOCK_LENGTH: [96, 128, 256, 384].map((thousands) => thousands * 1024),
  LEAST: [8, 32],
  MOST: [32, 48, 96, 128],
  GRADIENT_BLOCK: [32, 44, 96, 128],
  POINT_PADDING: [0, 16, 32, 80],
  STREAM_PADDING: [0, 32, 48],
};

export type Constant = keyof typeof CANDIDATES;
export const CONSTANTS = Object.keys(CANDIDATES) as readonly Constant[];

/** The build whose constants can be changed. */
export interface Subject {
  readonly Workload: typeof Workload;
  readonly variables: Variables<Constant>;
  createBackend(): Promise<Backend>;
}

/** The processor times of a forward pass, or of a training step, with one value of a constant. */
export interface Times {
  readonly ms: number;
  /** How many times as fast as with the present value, the median of the rounds. */
  readonly ratio: number;
  /** In how many rounds it was faster. */
  readonly wins: number;
  /** Whether the result has the bits that the present value gives. */
  readonly sameBits: boolean;
}

export interface Row {
  readonly constant: Constant;
  readonly value: number;
  /** The present value: at first, what the others are compared with, and again as the last, which shows the noise. */
  readonly present?: 'present' | 'again';
  /** Of one image. */
  readonly forward: Times;
  /** Of a training step, divided by its images. */
  readonly training: Times;
}

/** What is measured of one value. */
interface Measured {
  readonly ms: number[];
  bits: string;
}

/** So many steps are taken before the bits of training are compared. */
const STEPS = 2;

/** So many forward passes are timed in a round, of which the fastest counts. */
const PASSES = 3;

/** Returns a row for each value, the present one first and once more at the end. Each round begins with another one. */
export async function compareValues(
  constant: Constant,
  { Workload, variables, createBackend }: Subject,
  options: WorkloadOptions,
  rounds: number,
): Promise<Row[]> {
  const { present, setVariables } = variables;
  const backend = await createBackend();
  const points = [present[constant], ...CANDIDATES[constant], present[constant]].map((value) => {
    const values = { ...present, [constant]: value };
    const forward: Measured = { ms: [], bits: '' };
    const training: Measured = { ms: [], bits: '' };
    return { value, values, workload: new Workload(options, backend), forward, training };
  });
  try {
    for (const { values, workload, forward, training } of points) {
      setVariables(values);
      forward.bits = await digest(await workload.infer());
      // What has become of the weights shows in the logits; the first step of Adam goes by the signs of gradients alone.
      for (let step = 0; step < STEPS; step++) await workload.train();
      training.bits = await digest(await workload.infer());
    }
    for (let round = 0; round < rounds; round++) {
      const from = round % points.length;
      for (const { values, workload, forward, training } of [...points.slice(from), ...points.slice(0, from)]) {
        setVariables(values);
        forward.ms.push(await fastest(() => workload.infer(), PASSES));
        training.ms.push((await fastest(() => workload.train(), 1)) / options.batch);
      }
    }
  } finally {
    setVariables(present);
    backend.close();
  }
  const [first] = points;
  return points.map(({ value, forward, training }, k) => {
    const times = { forward: timesOf(forward, first!.forward), training: timesOf(training, first!.training) };
    const present = k === 0 ? 'present' : k === points.length - 1 ? 'again' : undefined;
    return { constant, value, ...(present && { present }), ...times };
  });
}

/** The milliseconds of processor time that the fastest of a few calls takes: one thread computes, and others disturb it less so. */
async function fastest(work: () => Promise<unknown>, times: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < times; k++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function digest(logits: readonly Values[]): Promise<string> {
  return sha256OfParts(
    logits.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  );
}

/** Compares what was measured with one value with what was measured in the same rounds with the present one. */
export function timesOf({ ms, bits }: Measured, present: Measured): Times {
  const ratios = ms.map((time, round) => present.ms[round]! / time);
  const wins = ratios.filter((ratio) => ratio > 1).length;
  return { ms: median(ms), ratio: median(ratios), wins, sameBits: bits === present.bits };
}

/** Makes a row for each value. */
export function valuesTable(rows: readonly Row[], rounds: number): string {
  const cells = ({ ms, ratio, wins, sameBits }: Times, isFirst: boolean): Cell[] => {
    return [ms, ratio, isFirst ? '-' : `${wins} of ${rounds}`, sameBits ? 'yes' : 'no'];
  };
  const columns = (work: string) => [`${work} ms`, 'times as fast', 'faster in', 'same bits'];
  return table(
    ['constant', 'value', ...columns('forward'), ...columns('training')],
    rows.map(({ constant, value, present, forward, training }) => {
      const isFirst = present === 'present';
      const label = present ? `${value}, ${present}` : value;
      return [constant, label, ...cells(forward, isFirst), ...cells(training, isFirst)];
    }),
  );
}
