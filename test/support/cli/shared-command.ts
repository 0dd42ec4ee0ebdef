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
import { HANGING, type Outcome } from './outcome.js';

export interface Call {
  readonly cwd: string;
  readonly args: readonly string[];
}

/** What runs as `unetpp`, seen from dist/test/support/cli. */
export const MAIN = new URL('../../../cli/unetpp.js', import.meta.url);

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
    const started = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let told = '';
    started.stderr!.on('data', (text) => (told += text));
    started.on('message', (outcome) => answer(outcome as Outcome));
    started.on('close', (code) => {
      child = undefined;
      answer({ code, stdout: '', stderr: `the process has ended: ${told}` });
    });
    return started;
  };
  port.on('message', (call: Call) => {
    child ??= start();
    child.send(call);
  });
}

/**
 * The process: runs the script of each call anew, as Node does at the start of a process, with what it prints caught. What
 * the script loads stays loaded.
 */
function serveCalls(): void {
  const caught = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (text: string | Uint8Array) => {
      caught[name] += String(text);
      return true;
    };
  }
  let calls = 0;
  process.on('message', async ({ cwd, args }: Call) => {
    process.chdir(cwd);
    Object.assign(caught, { stdout: '', stderr: '' });
    process.exitCode = 0;
    process.argv = [process.execPath, fileURLToPath(MAIN), ...args];
    await import(`${MAIN.href}?call=${calls++}`);
    // The script listens for as long as its process lives.
    for (const [emitter, event] of [
      [process.stdout, 'error'],
      [process.stderr, 'error'],
      [process, 'SIGUSR1'],
    ] as const) {
      emitter.removeAllListeners(event);
    }
    // The caller removes its folder.
    process.chdir(tmpdir());
    process.send!({ code: process.exitCode, ...caught } satisfies Outcome);
  });
  process.on('disconnect', () => process.exit());
}

if (!isMainThread) serveCaller(workerData);
else if (process.argv[1] === fileURLToPath(import.meta.url)) serveCalls();
