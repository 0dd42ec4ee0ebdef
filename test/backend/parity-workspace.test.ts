/**
 * The WebAssembly kernels keep to the scratch memory that they ask for, and read nothing there that they have not
 * written: what lies behind it belongs to another tensor, and what lies in it is left over from another kernel.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kernel } from '../../src/backend/wasm/kernel.js';
import { kernels } from '../../src/backend/wasm/kernels.js';
import { cases } from '../cases.js';
import { wasmBackend } from '../support/backends.js';
import { recordCase } from '../support/case.js';
import { identical } from '../support/compare.js';
import { compileCase, execute } from '../support/execute.js';

/** Elements before and behind the scratch memory. */
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

/** The kernel, with guard words around its scratch memory and its filters, and NaN in them. */
function guarded(name: string, kernel: AnyKernel): AnyKernel {
  const { preparation } = kernel;
  const scratch = (geometry: unknown): number => kernel.workspace?.(geometry) ?? 0;
  const filters = (geometry: unknown): number => preparation?.length(geometry) ?? 0;
  return {
    ...kernel,
    workspace: (geometry) => scratch(geometry) + 2 * GUARD,
    run(exports, geometry, inputs, outputs, workspace, prepared, part) {
      const working = new Guarded(exports, workspace, scratch(geometry)).fill();
      const kept = preparation && new Guarded(exports, prepared, filters(geometry));
      kernel.run(exports, geometry, inputs, outputs, working.inside, kept?.inside ?? 0, part);
      working.check(name);
      kept?.check(`${name}, filters`);
    },
    ...(preparation && {
      preparation: {
        weights: preparation.weights,
        length: (geometry) => filters(geometry) + 2 * GUARD,
        run(exports, geometry, inputs, outputs, workspace, prepared) {
          const working = new Guarded(exports, workspace, scratch(geometry)).fill();
          const kept = new Guarded(exports, prepared, filters(geometry)).fill();
          preparation.run(exports, geometry, inputs, outputs, working.inside, kept.inside);
          working.check(`${name}, preparation`);
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
    assert.equal(faults, [], 'overwritten outside of the scratch memory');
    recorded.outputs.forEach(({ name }, k) => {
      assert.ok(identical(values[k]!, expected[k]!), `${name}: other bits with other scratch memory`);
    });
  });
}

test('the check catches a write one element behind the scratch memory', async () => {
  const recorded = recordCase(cases.find(({ label }) => label === 'conv2d 3x3 1x40x36, 24 -> 40')!);
  const conv2d = plain.conv2d!;
  const broken: AnyKernel = {
    ...conv2d,
    run(exports, geometry, inputs, outputs, workspace, prepared, part) {
      conv2d.run(exports, geometry, inputs, outputs, workspace, prepared, part);
      const length = conv2d.workspace!(geometry);
      new Float32Array(exports.memory.buffer, workspace, length + 1)[length] = 1;
    },
  };
  table.conv2d = guarded('conv2d', broken);
  faults.length = 0;
  await execute(compileCase(backend, recorded), recorded);
  assert.is(faults.length, 1);
  assert.match(faults[0]!, /^conv2d: element (\d+) of \1$/);
});

test.run();
