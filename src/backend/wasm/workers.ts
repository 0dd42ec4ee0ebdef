/** Threads that each run whole programs by themselves, on the backend's memory: the micro-batches of training. */
import type { Call } from './call.js';

/** The workers of one backend. */
export interface Workers {
  /** How many programs they can run at a time. */
  readonly count: number;
  /**
   * Runs the calls one after the other in a thread that is free.
   * @param macs the multiply-adds of the calls, which say how long they may take
   * @throws Error where the thread fails or is lost; it has ended then, and writes nothing any more
   */
  run(calls: readonly Call[], macs: number): Promise<void>;
  /** Ends all workers. */
  close(): void;
}

/**
 * Starts the workers that the environment provides.
 * @param memory the memory of the backend
 */
export type StartWorkers = (module: WebAssembly.Module, memory: WebAssembly.Memory) => Workers;
