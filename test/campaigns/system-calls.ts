/**
 * Failing system calls, by strace: which calls a command makes on which of its files, and the same command where one of them
 * fails. With one thread in libuv's pool, "the n-th write to this file" is the same call in each run.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Launcher } from './small-training.js';

export interface SystemCall {
  readonly name: string;
  /** Relative to the working directory; PID stands for the number of the process. */
  readonly path: string;
  /** The first, second… of this name on this path. */
  readonly n: number;
}

const NAMES = [
  'openat',
  'read',
  'write',
  'pwrite64',
  'fsync',
  'rename',
  'ftruncate',
  'mkdir',
  'unlink',
  'link',
  'utimensat',
];

/** What to do where there is no strace, or undefined where it works. */
export function straceIsMissing(): string | undefined {
  const { status } = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']);
  return status === 0
    ? undefined
    : 'strace is not there, or may not trace: install it (apt-get install strace), on Linux';
}

/** As the tracer's child would have another number than the shell, the tracer is a grandchild (-D). */
function traced(options: string): Launcher {
  const shell = `exec env UV_THREADPOOL_SIZE=1 strace -qq -D -f -e signal=none ${options} "$@"`;
  return ['bash', '-c', shell, 'strace', process.execPath];
}

/** Writes all calls to `log`. */
export function tracedTo(log: string): Launcher {
  return traced(`-y -s 0 -o '${log}' -e trace=${NAMES.map((name) => `?${name}`)}`);
}

/** The process in which `call` fails with `error`, or SIGKILL comes with it. */
export function failingAt({ name, path, n }: SystemCall, error: string, log: string): Launcher {
  const own = path.replaceAll('PID', () => '$$');
  return traced(`-o '${log}' -P "${own}" -P "$PWD/${own}" -e trace=${name} -e inject=${name}:error=${error}:when=${n}`);
}

/** The calls in a log that touch a file of the working directory `folder`, in the order of their end. */
export function callsIn(log: string, folder: string, pid: number): SystemCall[] {
  const counts = new Map<string, number>();
  return readFileSync(log, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name, rest] = line.match(/^\d+ +(\w+)\((.*)/) ?? [];
      if (name === undefined || rest === undefined) return [];
      const path = pathOf(rest, folder)?.replaceAll(new RegExp(`\\b${pid}\\b`, 'g'), 'PID');
      if (path === undefined) return [];
      const n = (counts.get(`${name} ${path}`) ?? 0) + 1;
      counts.set(`${name} ${path}`, n);
      return [{ name, path, n }];
    });
}

/** The file of a call by its first arguments: `5</tmp/x/run/a>, …`, `AT_FDCWD</tmp/x>, "run/a", …` or `"run/a", …`. */
function pathOf(argumentsText: string, folder: string): string | undefined {
  const descriptor = argumentsText.match(/^\d+<([^>]*)>/)?.[1];
  const inside = descriptor?.startsWith(`${folder}/`) ? descriptor.slice(folder.length + 1) : undefined;
  const named = argumentsText.match(/^(?:AT_FDCWD<[^>]*>, )?"([^"]*)"/)?.[1];
  const path = descriptor === undefined ? named : inside;
  // The program reads its own files by absolute paths; the user's are relative here.
  return path === undefined || path.startsWith('/') ? undefined : path;
}
