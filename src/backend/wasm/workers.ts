/** Threads that each run a whole program by themselves, on the backend's memory: micro-batches of training. */
import type { Call } from './call.js';

export interface Workers {
  readonly count: number;
  /**
   * Runs the calls one after the other in a thread that is free.
   * @param macs their multiply-adds, which say how long they may take
   * @throws Error where the thread fails or is lost; it has ended then, and writes nothing any more
   */
  run(calls: readonly Call[], macs: number): Promise<void>;
  /** Ends them. */
  close(): void;
}

/** As the environment has them. @param memory shared */
export type StartWorkers = (module: WebAssembly.Module, memory: WebAssembly.Memory) => Workers;
