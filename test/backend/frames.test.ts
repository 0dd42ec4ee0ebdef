/** The frames that the host writes are laid out as the kernels read them: assembly declares each as a class. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convFrame } from '../../src/backend/wasm/kernels/direct.js';
import { FrameLayout } from '../../src/backend/wasm/kernels/frame.js';
import { transposedFrame } from '../../src/backend/wasm/kernels/transposed.js';
import { winogradFrame } from '../../src/backend/wasm/kernels/winograd-pass.js';

/** Seen from `dist/test`. */
const ASSEMBLY = new URL('../../../assembly/', import.meta.url);

const source = readdirSync(ASSEMBLY)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(new URL(name, ASSEMBLY), 'utf8'))
  .join('\n');

/** The fields of each class of assembly that is a frame, in the order in which they lie in memory, as `name: type`. */
const classes = new Map(
  [...source.matchAll(/^export class (\w+Frame) \{\n(.*?)^\}/gms)].map(([, name, body]) => [
    name!,
    [...body!.matchAll(/^ {2}(\w+: \w+);$/gm)].map(([, field]) => field!),
  ]),
);

/** Types of 32 bits: the compiler puts them one after the other, without gaps. */
const WORDS = ['i32', 'usize'];

const frames: readonly FrameLayout<string>[] = [convFrame, transposedFrame, winogradFrame];

test('every frame of assembly is declared for the host, and no other', () => {
  assert.equal(frames.map(({ name }) => name).sort(), [...classes.keys()].sort());
});

for (const { name, fields } of frames) {
  test(`${name}: the same fields in the same order, each a word`, () => {
    const declared = classes.get(name)!.map((field) => field.split(': ') as [string, string]);
    assert.equal(
      declared.map(([field]) => field),
      fields,
    );
    for (const [field, type] of declared) assert.ok(WORDS.includes(type), `${field}: ${type}`);
  });
}

test('a frame is written in the order of its fields, its tensors behind it, and nothing else is', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const words = new Uint32Array(memory.buffer, 0, 10).fill(99);
  const frame = new FrameLayout('TestFrame', ['one', 'two', 'three']);
  frame.write(memory, 4, { three: 3, one: 1, two: 2 }, [64, 128], [8, 16]);
  assert.is(frame.words(2), 7);
  assert.equal([...words], [99, 1, 2, 3, 64, 8, 128, 16, 99, 99]);
});

test.run();
