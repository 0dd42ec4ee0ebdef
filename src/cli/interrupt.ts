/** Ctrl-C and SIGTERM: the first asks the work to end, the second ends the process at once. */

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back. */
  end(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Conventional exit code of a process that SIGINT has ended. */
const INTERRUPTED = 130;

/** npm passes on a signal that the terminal has sent to everybody: the same Ctrl-C comes twice, without delay. */
const ECHO_MS = 200;

export function onInterrupt(notice: () => void): Interrupt {
  const controller = new AbortController();
  let first = 0;
  const listener = () => {
    if (controller.signal.aborted) {
      if (performance.now() - first > ECHO_MS) process.exit(INTERRUPTED);
      return;
    }
    first = performance.now();
    notice();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    end() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
