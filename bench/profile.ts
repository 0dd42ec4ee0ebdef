/** The time of a forward pass and of a training step, by kernel. */
import type { Kernel, Operands } from '../src/backend/wasm/kernel.js';
import { type Exports, kernels } from '../src/backend/wasm/kernels/index.js';
import { InputError } from '../src/base/errors.js';
import type { Op } from '../src/graph/graph.js';
import { ops } from '../src/ops/index.js';
import type { Engine } from './engine.js';
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

/** The time that a kernel has taken so far. */
interface Account {
  calls: number;
  ms: number;
  operations: number;
}

type AnyKernel = Kernel<unknown, Exports>;

const REPEATS = 5;

/**
 * Measures the kernels, those with the most time first; the row `(other)` is everything outside of them.
 * @throws InputError for more than one thread, and for a GPU
 */
export async function profile(
  options: WorkloadOptions,
  engine: Engine,
): Promise<{ readonly infer: KernelTime[]; readonly train: KernelTime[] }> {
  if (engine.backend !== 'wasm') {
    throw new InputError('--profile: clocks see the kernels of wasm alone; for webgpu, --ops has the time of every op');
  }
  if (engine.threads > 1) throw new InputError('--profile: clocks see this thread alone; leave --threads out');
  const accounts = new Map<string, Account>();
  const restore = watchKernels(accounts);
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
async function timesOf(accounts: Map<string, Account>, work: () => unknown): Promise<KernelTime[]> {
  await work();
  let fastest: { readonly total: number; readonly kernels: readonly [string, Account][] } | undefined;
  for (let k = 0; k < REPEATS; k++) {
    accounts.clear();
    const started = performance.now();
    await work();
    const total = performance.now() - started;
    if (!fastest || total < fastest.total) fastest = { total, kernels: [...accounts] };
  }
  const { total, kernels } = fastest!;
  const inside = kernels.reduce((sum, [, { ms }]) => sum + ms, 0);
  const other: Account = { calls: 0, ms: total - inside, operations: 0 };
  return [...kernels, ['(other)', other] as const]
    .map(([name, { calls, ms, operations }]) => ({
      name,
      calls,
      ms,
      share: ms / total,
      ...(operations > 0 && { gflops: operations / ms / 1e6 }),
    }))
    .sort((a, b) => b.ms - a.ms);
}

/** Puts a clock around every kernel. @returns a function that removes them */
function watchKernels(accounts: Map<string, Account>): () => void {
  const table = kernels as unknown as Record<string, AnyKernel>;
  const plain = { ...table };
  for (const [name, kernel] of Object.entries(plain)) {
    const { macs } = (ops as Readonly<Record<string, Op<never>>>)[name]!;
    const { prepack } = kernel;
    table[name] = {
      ...kernel,
      run: watched(accounts, name, kernel.run, macs as Op['macs']),
      ...(prepack && { prepack: { ...prepack, run: watched(accounts, `${name}, filters`, prepack.run) } }),
    };
  }
  return () => Object.assign(table, plain);
}

function watched<C extends Operands<unknown>>(
  accounts: Map<string, Account>,
  name: string,
  run: (exports: Exports, call: C) => void,
  macs?: Op['macs'],
): typeof run {
  return (exports, call) => {
    const started = performance.now();
    run(exports, call);
    const account = accounts.get(name) ?? { calls: 0, ms: 0, operations: 0 };
    account.calls++;
    account.ms += performance.now() - started;
    account.operations += 2 * (macs?.(call.geometry) ?? 0);
    accounts.set(name, account);
  };
}
