/** A team that loses a thread says so and ends; it hangs nowhere and leaves nothing behind. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WasmBackend } from '../src/backend/wasm/backend.js';
import type { Crew, Membership } from '../src/backend/wasm/team.js';
import { createBackend, createModel, type Model } from '../src/index.js';
import { compileWasm } from '../src/node/wasm-module.js';

const url = (path: string): string => new URL(`../${path}`, import.meta.url).href;
const { module } = compileWasm({ shared: true, vectoriser: false });

/** Milliseconds of the tests that wait for nobody. */
const PATIENCE = 300;

/** A team whose other threads run `code` before the worker's own; the workers come back, too. */
function team(threads: number, code = '', patience = PATIENCE): { model: Model; workers: Worker[] } {
  const workers: Worker[] = [];
  const start = (memberships: readonly Membership[]): Crew => {
    const script = `(async () => { ${code}; await import('${url('workers/team-worker.js')}'); })()`;
    for (const workerData of memberships) workers.push(new Worker(script, { eval: true, workerData }));
    for (const worker of workers) worker.on('error', () => {}).unref();
    return {
      post: (job) => workers.forEach((worker) => void worker.postMessage(job)),
      end: () => workers.forEach((worker) => void worker.terminate()),
    };
  };
  const backend = new WasmBackend(module, { threads, start, patience });
  return { model: createModel({ filters: [8, 16] }, { backend }), workers };
}

function predict(model: Model): Float32Array[] {
  const data = new Float32Array(32 * 32).fill(0.5);
  return model.logits({ shape: [1, 32, 32, 1], data }).map((values) => Float32Array.from(values));
}

/** The message of the error that `work` throws within `limit` milliseconds. */
function errorOf(work: () => unknown, limit: number): string {
  const started = performance.now();
  try {
    work();
  } catch (error) {
    assert.ok(performance.now() - started < limit, `${performance.now() - started} ms`);
    return (error as Error).message;
  }
  throw new Error('no error');
}

/** A module of its own in a process of its own: what it prints, and that it ends by itself. */
function script(code: string, args: readonly string[] = []): string {
  const head = `import { createBackend, createModel } from '${url('src/index.js')}';
    const predict = (model) => model.logits({ shape: [1, 32, 32, 1], data: new Float32Array(1024).fill(0.5) });\n`;
  const call = [...args, '--input-type=module', '-e', head + code];
  const { status, stdout, stderr } = spawnSync(process.execPath, call, { encoding: 'utf8', timeout: 30_000 });
  assert.is(status, 0, stderr);
  return stdout.trim();
}

test('a killed thread is an error within the time, and then the team is closed', async () => {
  const { model, workers } = team(3, '', 2000);
  predict(model);
  await workers[1]!.terminate();
  const message = errorOf(() => predict(model), 5000);
  assert.match(message, /^thread 2 of the team did not answer within \d+ s$/);
  assert.match(
    errorOf(() => predict(model), 1000),
    /^the team of threads was given up: thread 2 .*; make a new backend$/,
  );
});

test('so is a thread that never comes', () => {
  const { model } = team(2, 'await new Promise(() => {})');
  assert.match(
    errorOf(() => predict(model), 5000),
    /^thread 1 of the team did not answer within 0\.\d s$/,
  );
});

test('so is one that cannot start', () => {
  const { model } = team(2, 'throw new Error("no memory")');
  assert.match(
    errorOf(() => predict(model), 5000),
    /^thread 1 of the team did not answer within /,
  );
});

for (const [what, body, text] of [
  ['an exception', 'throw new Error("broken")', 'Error: broken'],
  ['a trap', 'args[0].relu(8, 0xfffffff0, 0xfffffff0)', 'RuntimeError: memory access out of bounds'],
]) {
  test(`${what} in a kernel of another thread is told`, () => {
    const kernels = url('src/backend/wasm/kernels.js');
    const code = `const { kernels } = await import('${kernels}'); kernels.maxPool2d.run = (...args) => { ${body} }`;
    const { model } = team(3, code, 10_000);
    // A thread that is still starting, or whose core is busy, may be too late for its share of this step.
    const often = () => {
      for (let k = 0; k < 1000; k++) predict(model);
    };
    const message = errorOf(often, 10_000);
    assert.match(message, new RegExp(`^thread [12] of the team failed: maxPool2d: ${text}$`));
    assert.match(
      errorOf(() => predict(model), 1000),
      /^the team of threads was given up: /,
    );
  });
}

test('an error of the first thread ends the team, too', () => {
  const { model, workers } = team(2);
  predict(model);
  workers[0]!.postMessage = () => {
    throw new Error('no job');
  };
  assert.match(
    errorOf(() => predict(model), 1000),
    /^no job$/,
  );
  assert.match(
    errorOf(() => predict(model), 1000),
    /given up: no job/,
  );
});

test('a closed backend does not run', () => {
  const backend = createBackend('wasm', { threads: 2 });
  const model = createModel({ filters: [8, 16] }, { backend });
  predict(model);
  backend.close();
  backend.close();
  assert.is(
    errorOf(() => predict(model), 1000),
    'the backend is closed',
  );
});

test('a process ends by itself while its team is open', () => {
  assert.is(
    script(`const model = createModel({ filters: [8, 16] }, { backend: createBackend('wasm', { threads: 3 }) });
    predict(model); predict(model); console.log('done');`),
    'done',
  );
});

test('also right after the team was started, and after an error', () => {
  assert.is(
    script(`const backend = createBackend('wasm', { threads: 3, patience: 0 });
    const model = createModel({ filters: [8, 16] }, { backend });
    try { predict(model); console.log('fast'); } catch (error) { console.log(error.message); }`).slice(0, 4),
    'thre',
  );
});

test('without SharedArrayBuffer there is one thread', () => {
  const gone = '--import=data:text/javascript,delete globalThis.SharedArrayBuffer';
  assert.is(
    script(
      `const backend = createBackend('wasm', { threads: 4 });
    console.log(backend.threads, predict(createModel({ filters: [8, 16] }, { backend })).length);`,
      [gone],
    ),
    '1 1',
  );
});

const tasks = '/proc/self/task';

/** How many threads this process comes to have, once it is at rest. */
async function threadsAtRest(expected: number): Promise<number> {
  for (let k = 0; k < 100 && readdirSync(tasks).length > expected; k++) await sleep(50);
  return readdirSync(tasks).length;
}

test('the threads of a closed backend end, and those of a forgotten one', async () => {
  if (!existsSync(tasks)) return;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const use = () => {
    const backend = createBackend('wasm', { threads: 4 });
    predict(createModel({ filters: [8, 16] }, { backend }));
    return backend;
  };
  use().close();
  await sleep(500);
  const before = readdirSync(tasks).length;
  const closed = use();
  assert.ok(readdirSync(tasks).length >= before + 3);
  closed.close();
  assert.ok((await threadsAtRest(before)) <= before, 'closed');
  use();
  for (let k = 0; k < 10; k++) {
    await sleep(20);
    collect();
  }
  assert.ok((await threadsAtRest(before)) <= before, 'forgotten');
});

test('an instance changes nothing in the memory that it is given', () => {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true });
  const bytes = new Uint8Array(memory.buffer).fill(0xa5);
  new WebAssembly.Instance(module, { env: { memory, abort: () => {} } });
  assert.ok(bytes.every((byte) => byte === 0xa5));
});

test.run();
