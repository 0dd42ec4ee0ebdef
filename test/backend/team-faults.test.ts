/** A team that loses a thread goes on without it where it can, else says so; it hangs nowhere and leaves nothing behind. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WasmBackend } from '../../src/backend/wasm/backend.js';
import type { TeamOptions, TeamThreads, ThreadInit } from '../../src/backend/wasm/team/team.js';
import { TeamBarrier } from '../../src/backend/wasm/team/team-barrier.js';
import { createBackend, createModel, type Model } from '../../src/index.js';
import { startTeamThreads } from '../../src/platform/node/threads/team.js';
import { compileWasm } from '../../src/platform/node/wasm/module.js';
import { Optimizer } from '../../src/train/optimizer/optimizer.js';
import { type AnyKernel, withKernels } from '../support/backend/kernels.js';
import { HANGING } from '../support/cli/outcome.js';

const url = (path: string): string => new URL(`../../${path}`, import.meta.url).href;
const { module } = compileWasm({ shared: true, vectoriser: false });

interface TestTeam {
  readonly model: Model;
  /** All that were started. */
  readonly workers: Worker[];
  readonly warnings: string[];
  /** 1 as soon as the threads' `code` says so. */
  readonly flag: Int32Array;
}

/**
 * A team whose other threads run `code` before the worker's own, where `flag` is shared memory and `kernels` the table.
 * Unless told otherwise, nobody is given up for being slow.
 */
function team(threads: number, code = '', options: Partial<TeamOptions> = {}): TestTeam {
  const [workers, warnings]: [Worker[], string[]] = [[], []];
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const script = `(async () => {
    const { workerData: { flag } } = require('node:worker_threads');
    const { kernels } = await import('${url('src/backend/wasm/kernels/index.js')}');
    const raise = () => { Atomics.store(flag, 0, 1); Atomics.notify(flag, 0); };
    ${code};
    await import('${url('workers/team-worker.js')}');
  })()`;
  const begin = ({ workerData, ...more }: WorkerOptions) => {
    const worker = new Worker(script, { ...more, workerData: { ...workerData, flag }, eval: true });
    workers.push(worker);
    return worker;
  };
  const start = (inits: readonly ThreadInit[]) => startTeamThreads(inits, begin);
  const warn = (message: string) => void warnings.push(message);
  const backend = new WasmBackend(module, { threads, start, warn, patience: HANGING, ...options });
  return { model: createModel({ filters: [8, 16] }, { backend }), workers, warnings, flag };
}

async function predict(model: Model): Promise<Float32Array[]> {
  const data = new Float32Array(32 * 32).fill(0.5);
  const logits = await model.logits({ shape: [1, 32, 32, 1], data });
  return logits.map((values) => Float32Array.from(values));
}

const expected = await predict(createModel({ filters: [8, 16] }));

/** Does `work` so that the first thread begins no chunk of `op` before another thread has raised the flag. */
function afterOthers<T>(op: string, flag: Int32Array, work: () => T): T {
  const change = (name: string, kernel: AnyKernel): AnyKernel => {
    if (name !== op) return kernel;
    return {
      ...kernel,
      run(...args) {
        Atomics.wait(flag, 0, 0, HANGING);
        kernel.run(...args);
      },
    };
  };
  return withKernels(change, work);
}

/** The message of the error that `work` throws. */
async function errorOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('no error');
}

/** A module of its own in a process of its own: what it prints, and that it ends by itself. */
function script(code: string, args: readonly string[] = []): string {
  const head = `import { createBackend, createModel } from '${url('src/index.js')}';
    const predict = (model) => model.logits({ shape: [1, 32, 32, 1], data: new Float32Array(1024).fill(0.5) });\n`;
  const call = [...args, '--input-type=module', '-e', head + code];
  const { status, stdout, stderr } = spawnSync(process.execPath, call, { encoding: 'utf8', timeout: HANGING });
  assert.is(status, 0, stderr);
  return stdout.trim();
}

test('a thread that was killed between two runs: no bit changes, and the next run has another', async () => {
  const { model, workers } = team(3);
  assert.equal(await predict(model), expected);
  await workers[1]!.terminate();
  assert.equal(await predict(model), expected);
  assert.is(workers.length, 2);
  assert.equal(await predict(model), expected);
  assert.is(workers.length, 4);
});

for (const [what, code, options, loss] of [
  [
    'never come',
    'await new Promise(() => setInterval(() => {}, 1e6))',
    { patience: 300 },
    'did not answer within 0.3 s',
  ],
  ['cannot start', 'throw new Error("no memory")', {}, 'has ended'],
] as const) {
  test(`threads that ${what}: no bit changes, and after three the first one is alone for good`, async () => {
    const { model, workers, warnings } = team(2, code, options);
    for (let k = 0; k < 5; k++) assert.equal(await predict(model), expected);
    assert.is(workers.length, 3);
    assert.equal(warnings, [`thread 1 of the team ${loss}, the third one lost; continuing with one thread`]);
  });
}

for (const [what, end, options] of [
  ['ends', 'process.exit()', {}],
  ['falls silent', 'for (;;) Atomics.wait(flag, 0, 1)', { patience: 300 }],
] as const) {
  const code = (op: string) => `kernels.${op}.run = () => { raise(); ${end}; }`;

  test(`a thread that ${what} in the middle of a step: it is done again`, async () => {
    const { model, flag } = team(2, code('maxPool2d'), options);
    assert.equal(await afterOthers('maxPool2d', flag, () => predict(model)), expected);
  });

  test(`a thread that ${what} within a step that is done in place: an error, and nothing is done twice`, async () => {
    const { model, flag } = team(2, code('adam'), options);
    const { backend } = model;
    const length = 4096;
    const optimizer = new Optimizer(backend, backend.allocate(length), backend.allocate(length));
    const halfDone = 'thread 1 of the team was lost within adam, which cannot be done again';
    const remedy = 'make a new backend, and resume from the last checkpoint';
    assert.is(
      await errorOf(async () => afterOthers('adam', flag, () => optimizer.step(0.1))),
      `${halfDone}; ${remedy}`,
    );
    assert.is(await errorOf(() => predict(model)), `the team of threads was given up: ${halfDone}; ${remedy}`);
  });
}

test('where the others are not ready the first thread does a run alone, and asks again for the next', async () => {
  let asked = 0;
  const start = (inits: readonly ThreadInit[]) => (++asked % 3 === 0 ? startTeamThreads(inits) : undefined);
  const { model } = team(2, '', { start });
  for (const times of [1, 2, 3, 3]) {
    assert.equal(await predict(model), expected);
    assert.is(asked, times);
  }
  model.backend.close();
});

test('a thread that may still write, and cannot be ended: an error', async () => {
  const start = (): TeamThreads => ({
    post: ({ phase }) => {
      // One that takes a chunk as soon as there is one, and does nothing more.
      taken = () => barrier.take(1, phase, 2);
    },
    hasEnded: () => false,
    end: () => {},
  });
  let barrier: TeamBarrier;
  let taken = () => {};
  const { model } = team(2, '', {
    start: ([init]) => {
      barrier = new TeamBarrier(2, init!.barrier);
      return start();
    },
    sleep: () => 'timed-out',
  });
  const message = await errorOf(() =>
    withKernels(
      (_, kernel) => ({
        ...kernel,
        run(...args) {
          taken();
          kernel.run(...args);
        },
      }),
      () => predict(model),
    ),
  );
  assert.is(
    message,
    'thread 1 of the team did not answer within 600 s, and cannot be ended; make a new backend, and resume from the last checkpoint',
  );
});

for (const [what, body, text] of [
  ['an exception', 'throw new Error("broken")', 'Error: broken'],
  ['a trap', 'args[0].relu(8, 0xfffffff0, 0xfffffff0)', 'RuntimeError: memory access out of bounds'],
]) {
  test(`${what} in a kernel of another thread is told`, async () => {
    const { model, flag } = team(3, `kernels.maxPool2d.run = (...args) => { raise(); ${body} }`);
    const message = await errorOf(() => afterOthers('maxPool2d', flag, () => predict(model)));
    assert.match(message, new RegExp(`^thread [12] of the team failed: maxPool2d: ${text}$`));
    assert.match(
      await errorOf(() => predict(model)),
      /^the team of threads was given up: thread [12] of the team failed: .*; make a new backend$/,
    );
  });
}

test('patience is counted in naps, not by a clock: while the process is stopped, none passes', () => {
  let naps = 0;
  let answer = Infinity;
  const barrier = new TeamBarrier(2, undefined, () => {
    // A nap may have any length: the process may be stopped for days within it.
    if (++naps === answer) barrier.finish();
    return 'timed-out';
  });
  barrier.open(1);
  assert.is(
    barrier.awaitDone(1, 1000, () => false),
    false,
  );
  assert.is(naps, 10);
  [naps, answer] = [0, 10];
  assert.is(
    barrier.awaitDone(1, 1000, () => false),
    true,
  );
});

test('an error of the first thread ends the team, too', async () => {
  const { model, workers } = team(2);
  await predict(model);
  workers[0]!.postMessage = () => {
    throw new Error('no job');
  };
  assert.is(await errorOf(() => predict(model)), 'no job');
  assert.match(await errorOf(() => predict(model)), /given up: no job/);
});

test('a closed backend does not run', async () => {
  const backend = createBackend('wasm', { threads: 2 });
  const model = createModel({ filters: [8, 16] }, { backend });
  await predict(model);
  backend.close();
  backend.close();
  assert.is(await errorOf(() => predict(model)), 'the backend is closed');
});

test('a process ends by itself while its team is open', () => {
  assert.is(
    script(`const model = createModel({ filters: [8, 16] }, { backend: createBackend('wasm', { threads: 3 }) });
    await predict(model); await predict(model); console.log('done');`),
    'done',
  );
});

test('also right after the team was started, and after its threads were lost', () => {
  assert.is(
    script(`for (const patience of [0, 200]) {
      const backend = createBackend('wasm', { threads: 3, patience });
      await predict(createModel({ filters: [8, 16] }, { backend }));
    }
    console.log('done');`),
    'done',
  );
});

test('without SharedArrayBuffer there is one thread', () => {
  const gone = '--import=data:text/javascript,delete globalThis.SharedArrayBuffer';
  assert.is(
    script(
      `const backend = createBackend('wasm', { threads: 4 });
    console.log(backend.threads, (await predict(createModel({ filters: [8, 16] }, { backend }))).length);`,
      [gone],
    ),
    '1 1',
  );
});

test('the threads of a closed backend end, and those of a forgotten one', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let ended = 0;
  const watch = (worker: Worker) => worker.once('exit', () => ended++);
  process.on('worker', watch);
  const use = async () => {
    const backend = createBackend('wasm', { threads: 4 });
    await predict(createModel({ filters: [8, 16] }, { backend }));
    return backend;
  };
  (await use()).close();
  while (ended < 3) await sleep(20);
  await use();
  for (; ended < 6; collect()) await sleep(20);
  process.off('worker', watch);
});

test('an instance changes nothing in the memory that it is given', () => {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true });
  const bytes = new Uint8Array(memory.buffer).fill(0xa5);
  new WebAssembly.Instance(module, { env: { memory, abort: () => {} } });
  assert.ok(bytes.every((byte) => byte === 0xa5));
});

test.run();
