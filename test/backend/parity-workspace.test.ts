/**
 * The WebAssembly kernels keep to the workspace that they ask for, and read nothing there that they have not
 * written: what lies behind it belongs to another tensor, and what lies in it is left over from another kernel.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kernel } from '../../src/backend/wasm/kernel.js';
import { kernels } from '../../src/backend/wasm/kernels/index.js';
import { recordCase } from '../../src/selftest/case.js';
import { cases } from '../../src/selftest/cases.js';
import { identical } from '../../src/selftest/compare.js';
import { compileCase, execute } from '../../src/selftest/execute.js';
import { wasmBackend } from '../support/backend/backends.js';

/** Elements before and behind the workspace. */
const GUARD = 64;
const SENTINEL = -12345.5;

type AnyKernel = Kernel<unknown, { readonly memory: WebAssembly.Memory }>;

/** What the guarded kernels have found since this was last emptied. */
const faults: string[] = [];

/** A piece of memory between guard words: `inside` is its address. */
class Guarded {
  readonly #view: Float32Array;
  readonly inside: number;

  constructor(
    exports: { readonly memory: WebAssembly.Memory },
    address: number,
    readonly length: number,
  ) {
    this.#view = new Float32Array(exports.memory.buffer, address, length + 2 * GUARD);
    this.inside = address + GUARD * this.#view.BYTES_PER_ELEMENT;
  }

  /** Writes the guard words, and NaN between them. */
  fill(): this {
    this.#view.fill(SENTINEL).fill(NaN, GUARD, GUARD + this.length);
    return this;
  }

  check(name: string): void {
    this.#view.forEach((value, i) => {
      const inside = i >= GUARD && i < GUARD + this.length;
      if (!inside && value !== SENTINEL) faults.push(`${name}: element ${i - GUARD} of ${this.length}`);
    });
  }
}

/** The kernel, with guard words around its workspace and its filters, and NaN in them. */
function guarded(name: string, kernel: AnyKernel): AnyKernel {
  const { prepack } = kernel;
  const workspace = (geometry: unknown): number => kernel.workspace?.(geometry) ?? 0;
  const filters = (geometry: unknown): number => prepack?.length(geometry) ?? 0;
  return {
    ...kernel,
    workspace: (geometry) => workspace(geometry) + 2 * GUARD,
    run(exports, call) {
      const working = new Guarded(exports, call.workspace, workspace(call.geometry)).fill();
      const kept = prepack && new Guarded(exports, call.packed, filters(call.geometry));
      kernel.run(exports, { ...call, workspace: working.inside, packed: kept?.inside ?? 0 });
      working.check(name);
      kept?.check(`${name}, filters`);
    },
    ...(prepack && {
      prepack: {
        weights: prepack.weights,
        length: (geometry) => filters(geometry) + 2 * GUARD,
        run(exports, operands) {
          const working = new Guarded(exports, operands.workspace, workspace(operands.geometry)).fill();
          const kept = new Guarded(exports, operands.packed, filters(operands.geometry)).fill();
          prepack.run(exports, { ...operands, workspace: working.inside, packed: kept.inside });
          working.check(`${name}, prepack`);
          kept.check(`${name}, filters`);
        },
      },
    }),
  };
}

const table = kernels as unknown as Record<string, AnyKernel>;
const plain = { ...table };
const backend = wasmBackend();

for (const c of cases) {
  test(`${c.family}: ${c.label}`, async () => {
    const recorded = recordCase(c);
    Object.assign(table, plain);
    const expected = await execute(compileCase(backend, recorded), recorded);
    for (const name of Object.keys(plain)) table[name] = guarded(name, plain[name]!);
    faults.length = 0;
    const values = await execute(compileCase(backend, recorded), recorded);
    assert.equal(faults, [], 'overwritten outside of the workspace');
    recorded.outputs.forEach(({ name }, k) => {
      assert.ok(identical(values[k]!, expected[k]!), `${name}: other bits with another workspace`);
    });
  });
}

test('the check catches a write one element behind the workspace', async () => {
  const recorded = recordCase(cases.find(({ label }) => label === 'conv2d 3x3 1x40x36, 24 -> 40')!);
  const conv2d = plain.conv2d!;
  const broken: AnyKernel = {
    ...conv2d,
    run(exports, call) {
      conv2d.run(exports, call);
      const length = conv2d.workspace!(call.geometry);
      new Float32Array(exports.memory.buffer, call.workspace, length + 1)[length] = 1;
    },
  };
  table.conv2d = guarded('conv2d', broken);
  faults.length = 0;
  await execute(compileCase(backend, recorded), recorded);
  assert.is(faults.length, 1);
  assert.match(faults[0]!, /^conv2d: element (\d+) of \1$/);
});

test.run();
