/**
 * Calls between a page and its worker: what one side serves, the other side calls by promises. Arguments and results are
 * cloned. An argument that is a function is called back, without an answer, until its call has settled: that is how
 * progress is told.
 */
import { InputError } from '../../base/errors.js';

/** What both ends of a worker and both ports of a channel have. */
export interface Endpoint {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'messageerror' | 'error', listener: (event: Event) => void): void;
  /** Ports begin to listen by it. */
  start?(): void;
  /** The end of a worker, as its owner holds it. */
  terminate?(): void;
  /** The end of a port. */
  close?(): void;
}

type Remotely<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;

/** The methods of the other side, each of which gives a promise. */
export type Remote<Methods> = { readonly [Name in keyof Methods]: Remotely<Methods[Name]> } & {
  /** Ends the worker, or closes the port; calls that are pending, and later ones, fail with `reason`. */
  close(reason?: string): void;
};

/** A call; `callbacks` are the positions of the arguments that are functions. */
interface Call {
  readonly call: number;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly callbacks: readonly number[];
}

/** What is said of a call: that a callback is called, or how it ended. */
type Answer = { readonly call: number } & (
  | { readonly callback: number; readonly args: readonly unknown[] }
  | { readonly result: unknown }
  | { readonly error: Failure }
);

/** An error as it is cloned: clones of errors keep neither their class nor a name of our own. */
interface Failure {
  readonly input: boolean;
  readonly name: string;
  readonly message: string;
}

type Method = (...args: unknown[]) => unknown;

/** Lets the other side of `endpoint` call `methods`: in a worker, `serve(methods, self)`. */
export function serve(methods: object, endpoint: Endpoint): void {
  const table = methods as Readonly<Record<string, Method>>;
  endpoint.addEventListener('message', async (event) => {
    const { call, method, args, callbacks } = dataOf<Call>(event);
    const post = (answer: object) => endpoint.postMessage({ call, ...answer });
    const functions = callbacks.map(
      (callback) =>
        (...args: unknown[]) =>
          post({ callback, args }),
    );
    const given = args.map((arg, k) => functions[callbacks.indexOf(k)] ?? arg);
    try {
      post({ result: await table[method]!(...given) });
    } catch (error) {
      post({ error: failureOf(error) });
    }
  });
  endpoint.start?.();
}

/**
 * Returns what the other side of `endpoint` serves. Calls fail as the methods do, an `InputError` with an `InputError`. Where
 * the worker fails as a whole, or does not start, all calls that are pending fail, and those to come.
 */
export function connect<Methods>(endpoint: Endpoint): Remote<Methods> {
  const pending = new Map<number, Pending>();
  let calls = 0;
  let end: Error | undefined;

  function close(reason: string): void {
    end ??= new Error(reason);
    endpoint.terminate?.();
    endpoint.close?.();
    for (const { reject } of pending.values()) reject(end);
    pending.clear();
  }

  function settle(answer: Answer): void {
    const call = pending.get(answer.call);
    if (!call) return;
    if ('callback' in answer) {
      call.functions[answer.callback]!(...answer.args);
      return;
    }
    pending.delete(answer.call);
    if ('error' in answer) call.reject(errorOf(answer.error));
    else call.resolve(answer.result);
  }

  const post = (method: string, given: readonly unknown[]) => {
    return new Promise<unknown>((resolve, reject) => {
      if (end) throw end;
      const call = calls++;
      const functions = given.map((arg) => (typeof arg === 'function' ? (arg as Method) : undefined));
      const callbacks = [...functions.keys()].filter((k) => functions[k]);
      const args = given.map((arg, k) => (functions[k] ? undefined : arg));
      endpoint.postMessage({ call, method, args, callbacks } satisfies Call);
      pending.set(call, { functions, resolve, reject });
    });
  };

  endpoint.addEventListener('message', (event) => settle(dataOf<Answer>(event)));
  endpoint.addEventListener('messageerror', () => close('the worker sent what cannot be read'));
  endpoint.addEventListener('error', (event) => {
    // It is told here: it need not be printed, too.
    event.preventDefault();
    const { message } = event as Partial<ErrorEvent>;
    close(message ? `the worker failed: ${message}` : 'the worker did not start, as its script was not loaded');
  });
  endpoint.start?.();
  return new Proxy({} as Remote<Methods>, {
    get(_, name) {
      if (name === 'close') return (reason = 'the worker was closed') => close(reason);
      // A promise that gives this object looks for `then`.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return (...args: unknown[]) => post(name, args);
    },
  });
}

interface Pending {
  /** The arguments that are functions, at their positions. */
  readonly functions: readonly (Method | undefined)[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

function dataOf<T>(event: Event): T {
  return (event as MessageEvent<T>).data;
}

function failureOf(error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { input: error instanceof InputError, name, message };
}

function errorOf({ input, name, message }: Failure): Error {
  return input ? new InputError(message) : Object.assign(new Error(message), { name });
}
