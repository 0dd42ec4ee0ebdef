/** A thread of the pool, from within: it says that it is there, then belongs to a team or runs programs by itself. */
import { instantiateSync } from '@assemblyscript/loader';
import { type Call, runCalls } from '../../../backend/wasm/call.js';
import type { Exports } from '../../../backend/wasm/kernels/index.js';
import type { Job, ThreadInit } from '../../../backend/wasm/team/team.js';
import { TeamThread } from '../../../backend/wasm/team/team-thread.js';
import type { Endpoint } from '../remote.js';

/** What a thread that runs programs is given beforehand. */
export interface ProgramInit {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** What is posted to a thread. */
export type Task =
  | { readonly kind: 'ping' }
  | { readonly kind: 'team'; readonly init: ThreadInit }
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'programs'; readonly init: ProgramInit }
  | { readonly kind: 'program'; readonly calls: readonly Call[] };

/** What a thread answers: that it is there, that a program is done, or what went wrong in it. */
export type Reply = { readonly kind: 'pong' } | { readonly kind: 'done' } | { readonly kind: 'failed'; text: string };

/** Takes the tasks of the pool: in a worker, `takeTasks(self)`. */
export function takeTasks(scope: Endpoint): void {
  const reply = (message: Reply) => scope.postMessage(message);
  let member: TeamThread | undefined;
  let kernels: Exports | undefined;
  const handle = (task: Task) => {
    switch (task.kind) {
      case 'ping':
        return reply({ kind: 'pong' });
      case 'team':
        member = new TeamThread(task.init);
        return;
      case 'job':
        return member!.take(task.job);
      case 'programs':
        kernels = kernelsOn(task.init);
        return;
      case 'program':
        return reply(outcomeOf(kernels!, task.calls));
    }
  };
  scope.addEventListener('message', (event) => handle((event as MessageEvent<Task>).data));
}

function kernelsOn({ module, memory }: ProgramInit): Exports {
  const { exports } = instantiateSync<Record<string, unknown>>(module, { env: { memory } });
  return exports as unknown as Exports;
}

function outcomeOf(kernels: Exports, calls: readonly Call[]): Reply {
  try {
    runCalls(kernels, calls);
    return { kind: 'done' };
  } catch (error) {
    return { kind: 'failed', text: (error as Error).message };
  }
}
