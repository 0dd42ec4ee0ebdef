/** Takes note of what the kernels of a step would be called with. */
import type { FrameSink } from '../../backend/wasm/kernels/frame.js';
import type { Exports } from '../../backend/wasm/kernels/index.js';
import type { EdgeCall, EdgeFrame } from './program.js';

export class CallRecorder implements FrameSink {
  readonly #functions = new Map<string, number>();
  #frames: EdgeFrame[] = [];
  readonly #calls: EdgeCall[] = [];

  /** Stands for the exports of the module: every function is there, and takes note of its call. */
  readonly exports = new Proxy(
    {},
    {
      get: (_, name) => (name === 'memory' ? this : (...args: unknown[]) => this.#takeCall(String(name), args)),
    },
  ) as Exports;

  /** @param functions the functions of earlier calls, whose numbers stay */
  constructor(functions: readonly string[] = []) {
    for (const name of functions) this.#numberOf(name);
  }

  /** The functions that are called, in the order of their first call. */
  get functions(): readonly string[] {
    return [...this.#functions.keys()];
  }

  get calls(): readonly EdgeCall[] {
    return this.#calls;
  }

  takeFrame(address: number, words: readonly number[]): void {
    this.#frames.push({ address, words });
  }

  #takeCall(name: string, args: readonly unknown[]): void {
    this.#calls.push({ function: this.#numberOf(name), args: args.map(Number), frames: this.#frames });
    this.#frames = [];
  }

  #numberOf(name: string): number {
    const number = this.#functions.get(name) ?? this.#functions.size;
    this.#functions.set(name, number);
    return number;
  }
}
