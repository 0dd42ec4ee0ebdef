/** edge/runner.js: what it says of files that are damaged, cut short or of another export. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32 } from '../../../src/base/crc32.js';
import { loadEdgeRunner } from '../../../src/platform/node/edge-runner.js';
import { exportEdge } from '../../support/export/edge-network.js';
import { randomModel } from '../../support/export/random-model.js';

const { Network } = await loadEdgeRunner();
const { files } = await exportEdge(randomModel({ filters: [2, 4] }), { width: 16, height: 16 });
const file = (name: string) => files.get(name)!;
const whole = { plan: file('plan.json'), kernels: file('kernels.wasm'), weights: file('weights.bin') };
const planText = new TextDecoder().decode(whole.plan);

/** Another text of the plan, with a checksum of its own. */
function plan(from: string | RegExp, to: string): Uint8Array {
  const text = planText.replace(from, to);
  assert.is.not(text, planText, `no ${from} in the plan`);
  const rest = text.slice(text.indexOf('\n') + 1);
  return new TextEncoder().encode(`{ "crc32": ${crc32(new TextEncoder().encode(rest))},\n${rest}`);
}

/** The bytes with one bit of one of them changed. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, k) => (k === at ? byte ^ 4 : byte));
}

function message(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const copy = 'copy the whole folder of the export again';
const opened = (changed: Partial<typeof whole>) => message(() => new Network({ ...whole, ...changed }));

test('whole files are taken, from any place in a buffer, and compiled kernels too', () => {
  assert.is(opened({}), '');
  const shifted = (bytes: Uint8Array) => {
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    return larger.subarray(3);
  };
  const network = new Network({
    plan: shifted(whole.plan),
    kernels: new WebAssembly.Module(whole.kernels as Uint8Array<ArrayBuffer>),
    weights: shifted(whole.weights),
  });
  assert.is(
    message(() => network.test(shifted(file('input.bin')), shifted(file('expected.bin')))),
    '',
  );
  // Node's own buffers lie in a common one, and their `slice` copies nothing.
  assert.is(
    message(() => network.test(Buffer.from(file('input.bin')), Buffer.from(file('expected.bin')))),
    '',
  );
});

test('a changed bit, a missing end and another file are told by name', () => {
  const { length } = whole.weights;
  assert.match(
    opened({ weights: flipped(whole.weights, 100) }),
    new RegExp(`^weights.bin: CRC-32 \\d+, and the plan says \\d+; ${copy}$`),
  );
  assert.is(
    opened({ weights: whole.weights.subarray(0, -4) }),
    `weights.bin: ${length - 4} bytes, and the plan says ${length}; ${copy}`,
  );
  assert.match(
    opened({ kernels: flipped(whole.kernels, 40) }),
    /^kernels\.wasm: CRC-32 \d+, and the plan says \d+; copy/,
  );
  const network = new Network(whole);
  assert.match(
    message(() => network.test(flipped(file('input.bin'), 9), file('expected.bin'))),
    /^input\.bin: CRC-32/,
  );
  assert.match(
    message(() => network.test(file('input.bin'), flipped(file('expected.bin'), 9))),
    /^expected\.bin: CRC/,
  );
});

test('a plan that is none, of another version, or damaged', () => {
  assert.match(opened({ plan: whole.plan.subarray(0, -9) }), new RegExp(`^plan\\.json: no JSON \\(.*\\); ${copy}$`));
  const none = 'plan.json: not a plan of unetpp-edge 1; this runner reads no other';
  assert.is(opened({ plan: new TextEncoder().encode('[]') }), none);
  assert.is(opened({ plan: new TextEncoder().encode('null') }), none);
  assert.is(opened({ plan: plan('"version": 1', '"version": 2') }), none);
  assert.is(
    opened({ plan: plan('"packFilters"', '"packFolters"') }),
    `kernels.wasm: no such function, and the plan says packFolters; ${copy}`,
  );
});

test('a plan in which any byte is changed is refused by name', () => {
  const { length } = whole.plan;
  for (let at = 0; at < length; at += 1 + (at % 7)) {
    for (const plan of [flipped(whole.plan, at), whole.plan.subarray(0, at)]) {
      assert.match(opened({ plan }), /^plan\.json: (damaged|no JSON|not a plan)/, `byte ${at} of ${length}`);
    }
  }
});

test('an image of another size, and a machine that computes other bits', () => {
  const network = new Network(whole);
  assert.is(
    message(() => network.run(new Float32Array(9))),
    'image: 9 numbers; the network reads 16x16x1, 256',
  );
  // What no checksum sees: the plan's last call, of a sigmoid, leaves out four of 256 pixels.
  const damaged = plan(/\[(\d+),256,(\d+),(\d+)\]\n {2}\]\n\}/, '[$1,252,$2,$3]\n  ]\n}');
  const other = new Network({ ...whole, plan: damaged });
  assert.match(
    message(() => other.test(file('input.bin'), file('expected.bin'))),
    /^test: number 252 is [-\d.]+, not that of expected\.bin$/,
  );
});

test.run();
