/**
 * The signals that end a training: Ctrl-C, a request to end, a terminal that is closed, and the one by which batch
 * systems announce that the time is up. The first one requests the work to end, the second ends the process at once.
 */
import { constants } from 'node:os';
import { Interruption } from '../../base/ranks/group.js';
import { CLEAR, type ProgressBar } from './progress.js';

/** The signals; Windows has only some of them. */
const SIGNALS = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const).filter((name) => name in constants.signals);

/** npm passes on a signal that the terminal has sent to all processes: the same Ctrl-C comes twice, without delay. */
const ECHO_MS = 200;

/**
 * Keeps Node from opening its inspector, a socket, on SIGUSR1. Until there is another listener, that signal ends the
 * process, as others do.
 */
export function reserveUserSignal(): void {
  const name = SIGNALS.find((signal) => signal === 'SIGUSR1');
  if (!name) return;
  process.on(name, () => {
    if (process.listenerCount(name) === 1) process.exit(exitCodeOf(name));
  });
}

/**
 * Runs work that can be interrupted. Then one line on stderr says how to continue, and the exit code is 128 plus the
 * number of the signal.
 * @param work ends soon after its signal; returns the command that continues it, or undefined where it is done. It calls
 *   `follow` where another rank was sent the signal of that number, and all stop
 * @param silent sets the exit code alone
 */
export async function interruptible(
  progress: ProgressBar,
  work: (signal: AbortSignal, follow: (code: number) => void) => Promise<string | undefined>,
  silent = false,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  let first: { readonly name: NodeJS.Signals; readonly time: number } | undefined;
  const listener = (name: NodeJS.Signals) => {
    if (first) {
      if (performance.now() - first.time > ECHO_MS) process.exit(exitCodeOf(name));
      return;
    }
    first = { name, time: performance.now() };
    progress.line(`${name}: stopping after the work at hand (a second signal ends at once)`);
    controller.abort(new Interruption(constants.signals[name]));
  };
  const follow = (code: number) => {
    const name = SIGNALS.find((signal) => constants.signals[signal] === code) ?? 'SIGTERM';
    first ??= { name, time: performance.now() };
    controller.abort(new Interruption(code));
  };
  const end = (name: NodeJS.Signals, advice: string) => {
    if (!silent) console.error(`${CLEAR}unetpp: interrupted by ${name}${advice}`);
    process.exitCode = exitCodeOf(name);
  };
  for (const name of SIGNALS) process.on(name, listener);
  try {
    const goOn = await work(signal, follow);
    if (first && goOn !== undefined) end(first.name, `; to continue: ${goOn}`);
  } catch (error) {
    if (!first || error !== signal.reason) throw error;
    end(first.name, ' before any work was started');
  } finally {
    for (const name of SIGNALS) process.off(name, listener);
  }
}

function exitCodeOf(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
