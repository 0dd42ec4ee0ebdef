/** Puts clocks, or whatever else, around the kernels of WebAssembly, from outside. */
import type { Kernel, Operands } from '../src/backend/wasm/kernel.js';
import { type Exports, kernels } from '../src/backend/wasm/kernels/index.js';
import type { OpName } from '../src/ops/index.js';

type Run<C> = (exports: Exports, call: C) => void;

/** Makes of a kernel's `run`, or of that of its prepack, the function that is called instead. */
export type Around = <C extends Operands<unknown>>(run: Run<C>, op: OpName, packs: boolean) => Run<C>;

/** Puts `around` around every kernel. @returns a function that undoes it */
export function watchKernels(around: Around): () => void {
  const table = kernels as unknown as Record<string, Kernel<unknown, Exports>>;
  const plain = { ...table };
  for (const [name, kernel] of Object.entries(plain)) {
    const { prepack } = kernel;
    const op = name as OpName;
    table[op] = {
      ...kernel,
      run: around(kernel.run, op, false),
      ...(prepack && { prepack: { ...prepack, run: around(prepack.run, op, true) } }),
    };
  }
  return () => Object.assign(table, plain);
}
