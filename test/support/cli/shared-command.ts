/**
 * Commands one after the other in one process, which is started once: most of the time of a short command is the start of
 * its process. `runShared` waits for the answer, as `spawnSync` does: a thread keeps the process and wakes the caller.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  isMainThread,
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  workerData,
} from 'node:worker_threads';
import { guard } from '../../../src/cli/program.js';
import { HANGING, type Outcome } from './outcome.js';

export interface Call {
  readonly cwd: string;
  readonly args: readonly string[];
}

/** One end of the line between the caller and the thread. */
interface Start {
  readonly port: MessagePort;
  /** 1 when an answer is there. */
  readonly answered: Int32Array;
}

let shared: Start | undefined;

/** Runs `unetpp ARGS` in `cwd`, in the shared process. */
export function runShared(call: Call): Outcome {
  shared ??= start();
  const { port, answered } = shared;
  Atomics.store(answered, 0, 0);
  port.postMessage(call);
  Atomics.wait(answered, 0, 0, HANGING);
  const answer = receiveMessageOnPort(port);
  if (!answer) throw new Error(`no answer to ${call.args.join(' ')}`);
  return answer.message;
}

function start(): Start {
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const begin: Start = { port: port2, answered };
  new Worker(fileURLToPath(import.meta.url), { workerData: begin, transferList: [port2] }).unref();
  port1.unref();
  return { port: port1, answered };
}

/** The thread: hands each call to the process, and its outcome back. */
function serveCaller({ port, answered }: Start): void {
  let child: ChildProcess | undefined;
  const answer = (outcome: Outcome) => {
    port.postMessage(outcome);
    Atomics.store(answered, 0, 1);
    Atomics.notify(answered, 0);
  };
  const start = () => {
    const started = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    started.on('message', (outcome) => answer(outcome as Outcome));
    started.on('exit', (code) => {
      child = undefined;
      answer({ code, stdout: '', stderr: 'the process has ended' });
    });
    return started;
  };
  port.on('message', (call: Call) => {
    child ??= start();
    child.send(call);
  });
}

/** The process: runs each call as src/cli/main.ts does, with what it prints caught. */
async function serveCalls(): Promise<void> {
  const root = (await import('../../../src/cli/commands.js')).program();
  const caught = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (text: string | Uint8Array) => {
      caught[name] += String(text);
      return true;
    };
  }
  process.on('message', async ({ cwd, args }: Call) => {
    process.chdir(cwd);
    Object.assign(caught, { stdout: '', stderr: '' });
    process.exitCode = 0;
    await guard(() => root.parseAsync(args, { from: 'user' }));
    // The caller removes its folder.
    process.chdir(tmpdir());
    process.send!({ code: process.exitCode, ...caught } satisfies Outcome);
  });
  process.on('disconnect', () => process.exit());
}

if (!isMainThread) serveCaller(workerData);
else if (process.argv[1] === fileURLToPath(import.meta.url)) await serveCalls();
