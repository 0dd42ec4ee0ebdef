/** Kernels changed for a test. */
import type { Kernel } from '../../../src/backend/wasm/kernel.js';
import { kernels } from '../../../src/backend/wasm/kernels/index.js';

export type AnyKernel = Kernel<unknown, { readonly memory: WebAssembly.Memory }>;

const table = kernels as unknown as Record<string, AnyKernel>;
const plain = { ...table };

/** Does `work` with other kernels in the table: `change` makes them of the true ones. */
export function withKernels<T>(change: (name: string, kernel: AnyKernel) => AnyKernel, work: () => T): T {
  for (const [name, kernel] of Object.entries(plain)) table[name] = change(name, kernel);
  try {
    return work();
  } finally {
    Object.assign(table, plain);
  }
}
