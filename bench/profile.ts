/** The time of a forward pass and of a training step, by kernel. */
import type { Exports } from '../src/backend/wasm/kernels/index.js';
import { InputError } from '../src/base/errors.js';
import type { Op } from '../src/graph/graph.js';
import { ops } from '../src/ops/index.js';
import type { Engine } from './engine.js';
import { type Around, watchKernels } from './watch.js';
import { Workload, type WorkloadOptions } from './workload.js';

export interface KernelTime {
  /** The kernel; its packing of filters has a row of its own. */
  readonly name: string;
  readonly calls: number;
  readonly ms: number;
  /** The fraction of the whole time, from 0 to 1. */
  readonly share: number;
  /** GFLOP/s, counted as direct computation. Absent where none are counted. */
  readonly gflops?: number;
}

/** The time of a part of the work, over all kernels. */
export interface PartTime {
  readonly name: Part;
  readonly ms: number;
  /** The fraction of the whole time, from 0 to 1. */
  readonly share: number;
}

/** What a forward pass, or a training step, spends its time on. */
export interface Profile {
  readonly kernels: readonly KernelTime[];
  readonly parts: readonly PartTime[];
}

/** What the functions of the module do; the direct ones pack pixels as they go. */
const PARTS = {
  'Winograd products': /^winograd(Add)?Products$/,
  'Winograd transforms': /^winograd/,
  'direct products': /^conv/,
  'packing of filters': /^pack/,
  'other kernels': /./,
};

type Part = keyof typeof PARTS | typeof OTHER;

/** What is left of the whole time. */
const OTHER = '(other)';

/** The time that a kernel, or a part, has taken so far. */
interface Account {
  calls: number;
  ms: number;
  operations: number;
}

/** The accounts of kernels, by name, and of parts. */
interface Accounts {
  readonly kernels: Map<string, Account>;
  readonly parts: Map<Part, Account>;
}

const REPEATS = 5;

/**
 * Measures the kernels, those with the most time first; the row `(other)` is everything outside of them.
 * @throws InputError for more than one thread, and for a GPU
 */
export async function profile(
  options: WorkloadOptions,
  engine: Engine,
): Promise<{ readonly infer: Profile; readonly train: Profile }> {
  if (engine.backend !== 'wasm') {
    throw new InputError('--profile: clocks see the kernels of wasm alone; for webgpu, --ops has the time of every op');
  }
  if (engine.threads > 1) throw new InputError('--profile: clocks see this thread alone; leave --threads out');
  const accounts: Accounts = { kernels: new Map(), parts: new Map() };
  const restore = watchKernels(clocked(accounts));
  try {
    const workload = new Workload(options, await engine.createBackend());
    return {
      infer: await timesOf(accounts, () => workload.infer()),
      train: await timesOf(accounts, () => workload.train()),
    };
  } finally {
    restore();
  }
}

/** Returns the times of the fastest of a few runs, which the rest of the machine disturbed least. */
async function timesOf(accounts: Accounts, work: () => unknown): Promise<Profile> {
  await work();
  let fastest: { readonly total: number; readonly profile: Profile } | undefined;
  for (let k = 0; k < REPEATS; k++) {
    accounts.kernels.clear();
    accounts.parts.clear();
    const started = performance.now();
    await work();
    const total = performance.now() - started;
    if (fastest && fastest.total <= total) continue;
    const kernels = withShares(accounts.kernels, total).map(({ calls, operations, ...time }) => {
      return { ...time, calls, ...(operations > 0 && { gflops: operations / time.ms / 1e6 }) };
    });
    const parts = withShares(accounts.parts, total).map(({ name, ms, share }) => ({ name, ms, share }));
    fastest = { total, profile: { kernels, parts } };
  }
  return fastest!.profile;
}

/** The accounts, and what is left of the whole time, those with the most first. */
function withShares<N extends string>(accounts: ReadonlyMap<N, Account>, total: number) {
  const inside = [...accounts.values()].reduce((sum, { ms }) => sum + ms, 0);
  const other: Account = { calls: 0, ms: total - inside, operations: 0 };
  return [...accounts, [OTHER, other] as const]
    .map(([name, account]) => ({ name, ...account, share: account.ms / total }))
    .sort((a, b) => b.ms - a.ms);
}

/** A clock around a kernel and what it calls of the module. */
function clocked(accounts: Accounts): Around {
  return (run, op, packs) => {
    const name = packs ? `${op}, filters` : op;
    const { macs } = (ops as Readonly<Record<string, Op<never>>>)[op]!;
    return (exports, call) => {
      const operations = packs ? 0 : 2 * (macs?.(call.geometry as never) ?? 0);
      const watched = watchedExports(accounts, exports);
      clock(accounts.kernels, name, operations, () => run(watched, call));
    };
  };
}

/** The module's exports with a clock around each function. */
function watchedExports({ parts }: Accounts, exports: Exports): Exports {
  const known = clockedExports.get(exports);
  if (known) return known;
  const entries = Object.entries(exports).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value];
    const part = (Object.keys(PARTS) as (keyof typeof PARTS)[]).find((part) => PARTS[part].test(name))!;
    const call = value as (...args: number[]) => unknown;
    return [name, (...args: number[]) => clock(parts, part, 0, () => call(...args))];
  });
  const clocked = Object.fromEntries(entries) as Exports;
  clockedExports.set(exports, clocked);
  return clocked;
}

const clockedExports = new WeakMap<Exports, Exports>();

/** Calls, and puts the time on an account. */
function clock<N extends string, T>(accounts: Map<N, Account>, name: N, operations: number, call: () => T): T {
  const started = performance.now();
  const result = call();
  const account = accounts.get(name) ?? { calls: 0, ms: 0, operations: 0 };
  account.calls++;
  account.ms += performance.now() - started;
  account.operations += operations;
  accounts.set(name, account);
  return result;
}
