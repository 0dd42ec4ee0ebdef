/** Kernels in C: the texts of small functions, and what their instructions make of special numbers, as in WebAssembly. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelsText } from '../../../src/export/c/kernels.js';
import { build, hasCompiler } from '../../support/export/c-program.js';
import { type SmallFunction, smallModule } from '../../support/export/small-module.js';

const I32 = 127;
const VOID = 0x40;
const RUNTIME = readFileSync(new URL('../../../../edge/c/unetpp_runtime.h', import.meta.url), 'utf8');

/** The lines of the body of one function in C. */
function bodyOf(fn: Omit<SmallFunction, 'name'>): string[] {
  const lines = kernelsText(smallModule([{ name: 'f', ...fn }])).split('\n');
  return lines.slice(lines.findIndex((line) => line.endsWith('{')) + 1, -1).map((line) => line.trim());
}

const get = (k: number) => [0x20, k];
const set = (k: number) => [0x21, k];
const load = (offset: number) => [0x28, 2, offset];
const store = (offset: number) => [0x36, 2, offset];

test('a value on the stack keeps what a local had, and the memory, when it was computed', () => {
  // The two locals change places.
  const swap = [...get(0), ...get(1), ...set(0), ...set(1)];
  assert.equal(bodyOf({ params: [I32, I32], code: swap }), [
    '(void)m;',
    'const int32_t t0 = l0;',
    'l0 = l1;',
    'l1 = t0;',
  ]);
  // What is loaded before a store is not loaded after it.
  const before = [...get(0), ...get(0), ...load(4), ...get(0), ...get(1), ...store(4), ...store(8)];
  assert.equal(bodyOf({ params: [I32, I32], code: before }), [
    'const int32_t t0 = i32_load(m + l0 + 4);',
    'i32_store(m + l0 + 4, l1);',
    'i32_store(m + l0 + 8, t0);',
  ]);
});

test('a loop under a condition, and branches to an outer loop and out of a block', () => {
  const counting = [0x03, VOID, ...get(0), 0x04, VOID, ...get(0), 0x41, 1, 0x6b, ...set(0), 0x0c, 1, 0x0b, 0x0b];
  assert.equal(bodyOf({ params: [I32], code: counting }), ['(void)m;', 'while (l0) {', 'l0 = l0 - 1;', '}']);
  const outer = [0x03, VOID, 0x03, VOID, ...get(0), 0x04, VOID, 0x0c, 2, 0x0b, 0x0b, 0x0b];
  assert.equal(bodyOf({ params: [I32], code: outer }), [
    '(void)m;',
    'at_0:;',
    'for (;;) {',
    'for (;;) {',
    'if (l0) {',
    'goto at_0;',
    '}',
    'break;',
    '}',
    'break;',
    '}',
  ]);
  const block = [0x02, I32, 0x41, 5, ...get(0), 0x04, VOID, 0x41, 7, 0x0c, 1, 0x0b, 0x0b];
  assert.equal(bodyOf({ params: [I32], result: I32, code: block }), [
    '(void)m;',
    'int32_t r0;',
    'if (l0) {',
    'r0 = 7;',
    'goto at_1;',
    '}',
    'r0 = 5;',
    'at_1:;',
    'return r0;',
  ]);
});

test('an instruction that no kernel of a prediction has is an error', () => {
  assert.throws(
    () => bodyOf({ params: [I32], code: [...get(0), 0x69, 0x1a] }),
    (error: Error) => error.message === 'internal: an instruction that has no translation: 0x69',
  );
});

/** Vector instructions: their bytes, and how many vectors they take. */
const INSTRUCTIONS: readonly [name: string, operands: number, code: readonly number[]][] = [
  ['nearest', 1, [0xfd, 0x6a]],
  ['truncated', 1, [0xfd, 0xf8, 0x01]],
  ['negative', 1, [0xfd, 0xe1, 0x01]],
  ['promoted', 1, [0xfd, 0x5f]],
  ['shifted', 1, [0x41, 23, 0xfd, 0xab, 0x01]],
  ['pmin', 2, [0xfd, 0xea, 0x01]],
  ['pmax', 2, [0xfd, 0xeb, 0x01]],
  ['less', 2, [0xfd, 0x43]],
  ['quotient', 2, [0xfd, 0xe7, 0x01]],
  ['sum', 2, [0xfd, 0xf0, 0x01]],
  ['integers', 2, [0xfd, 0xae, 0x01]],
  ['masked', 2, [0xfd, 0x4f]],
  ['joined', 2, [0xfd, 0x50]],
  ['shuffled', 2, [0xfd, 0x0d, 3, 2, 1, 0, 20, 21, 22, 23, 8, 9, 10, 11, 31, 30, 29, 28]],
];

const SPECIAL = [
  0, -0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, 8388607.5, 8388609, -1e-45, 1e-40, 3.4e38, -3.4e38,
].concat([2147483520, 2147483648, -2147483648, -2147483904, 4294967296, Infinity, -Infinity, NaN, 1, -87.3]);

/** Two vectors at each multiple of 48, and room for a third: every special number beside every other. */
function samples(): Float32Array {
  const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b] as const));
  const memory = new Float32Array((pairs.length / 4) * 12);
  pairs.forEach(([a, b], k) => {
    const at = Math.floor(k / 4) * 12 + (k % 4);
    [memory[at], memory[at + 4]] = [a, b];
  });
  return memory;
}

test('vector instructions give the bits of WebAssembly for special numbers', () => {
  if (!hasCompiler()) return;
  const module = smallModule(
    INSTRUCTIONS.map(([name, operands, code]) => {
      const vectors = [0, 16].slice(0, operands).flatMap((offset) => [...get(0), 0xfd, 0x00, 4, offset]);
      return { name, params: [I32], code: [...get(0), ...vectors, ...code, 0xfd, 0x0b, 4, 32] };
    }),
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  const input = new Uint8Array(samples().buffer);
  const expected = INSTRUCTIONS.map(([name]) => {
    memory.set(input);
    for (let at = 0; at < input.length; at += 48) (exports[name] as (at: number) => void)(at);
    return memory.slice(0, input.length);
  });

  const folder = mkdtempSync(join(tmpdir(), 'unetpp-c-'));
  const calls = INSTRUCTIONS.map(([name]) => `  APPLY(kernel_${name})`).join('\n');
  writeFileSync(join(folder, 'unetpp_runtime.h'), RUNTIME);
  writeFileSync(
    join(folder, 'main.c'),
    `#include <stdio.h>
#include "unetpp_runtime.h"
${kernelsText(module)}
static uint8_t input[${input.length}], m[${input.length}];
#define APPLY(kernel) \\
  memcpy(m, input, sizeof m); \\
  for (int at = 0; at < (int)sizeof m; at += 48) kernel(m, at); \\
  fwrite(m, 1, sizeof m, stdout);
int main(void) {
  if (fread(input, 1, sizeof input, stdin) != sizeof input) return 1;
${calls}
  return 0;
}
`,
  );
  build(folder, 'main', ['main.c']);
  const { stdout } = spawnSync(join(folder, 'main'), { input, maxBuffer: 2 ** 24 });
  rmSync(folder, { recursive: true });
  assert.is(stdout.length, expected.length * input.length);
  INSTRUCTIONS.forEach(([name], k) => {
    const found = Uint8Array.from(stdout.subarray(k * input.length, (k + 1) * input.length));
    assert.equal(hexes(found, name), hexes(expected[k]!, name), name);
  });
});

/** The results, four bytes each, as hexadecimal numbers; all NaN as one, whose bits are left open. */
function hexes(memory: Uint8Array<ArrayBuffer>, name: string): string[] {
  const words = new Uint32Array(memory.buffer);
  const isDouble = name === 'promoted' || name === 'sum';
  return [...words].flatMap((word, k) => {
    if (k % 12 < 8) return [];
    const high = isDouble ? words[k | 1]! >>> 20 : word >>> 20;
    const isNone = isDouble ? (high & 0x7ff) === 0x7ff : (high & 0x7f8) === 0x7f8 && (word & 0x7fffff) !== 0;
    return [isNone ? 'NaN' : word.toString(16)];
  });
}

test.run();
