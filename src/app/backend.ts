/** Which backend a command computes with, and who that was, for its result. */

import { createBackend } from '#platform/backends.js';
import { findAdapter } from '#platform/webgpu/backend.js';
import type { Backend } from '../backend/backend.js';
import { BackendLostError } from '../backend/lost.js';
import type { BackendName, Threads } from '../backend/names.js';
import { DeviceLostError, NoDeviceError } from '../backend/webgpu/device.js';
import { InputError } from '../base/errors.js';
import type { Observer } from './observer.js';
import type { BackendChoice } from './options/backend-options.js';

interface Computing {
  readonly backend: BackendChoice;
  readonly threads?: Threads | undefined;
  readonly workers?: Threads | undefined;
  readonly relaxed?: boolean | undefined;
}

/** Options whose backend is known by its name. */
export type Settled<O> = O & { readonly backend: BackendName };

/**
 * Settles where a call computes. With 'auto', that is a GPU where there is one; `observer` is told what was taken and why,
 * and which options have no effect there.
 */
export async function settleBackend<O extends Computing>(options: O, observer: Observer): Promise<Settled<O>> {
  const backend = options.backend === 'auto' ? await chooseBackend(observer) : options.backend;
  const unused = backend === 'wasm' ? [] : ofWasmAlone(options);
  if (unused.length > 0) observer.remark?.({ kind: 'unused', options: unused, backend });
  return { ...options, backend };
}

async function chooseBackend(observer: Observer): Promise<BackendName> {
  try {
    const { adapter, software } = await findAdapter();
    const reason = `${software ? 'only a software adapter' : 'a GPU'} was found: ${adapter}`;
    const backend = software ? 'wasm' : 'webgpu';
    observer.remark?.({ kind: 'chosen', backend, reason });
    return backend;
  } catch (error) {
    if (!(error instanceof NoDeviceError)) throw error;
    observer.remark?.({ kind: 'chosen', backend: 'wasm', reason: error.reason });
    return 'wasm';
  }
}

/** The options that are given and mean something to WebAssembly alone, as on the command line. */
function ofWasmAlone({ threads = 'auto', workers = 'auto', relaxed = false }: Computing): string[] {
  return [
    ...(threads === 'auto' ? [] : [`--threads ${threads}`]),
    ...(workers === 'auto' ? [] : [`--workers ${workers}`]),
    ...(relaxed ? ['--relaxed'] : []),
  ];
}

/**
 * Settles where a command computes, does its work there, and closes the backend.
 * @throws as `opened`, and what `work` throws; a backend that was lost with what to do about it
 */
export async function onBackend<T>(
  options: Computing,
  observer: Observer,
  work: (backend: Backend, by: Computed) => Promise<T>,
): Promise<T> {
  const { backend: name, threads, relaxed } = await settleBackend(options, observer);
  const wasm = { ...(threads && { threads }), ...(relaxed && { relaxed }) };
  const backend = await opened(createBackend(name, wasm));
  try {
    return await work(backend, computedBy(name, backend));
  } catch (error) {
    throw again(error);
  } finally {
    backend.close();
  }
}

/** What a command is told of an error: of a lost backend, to be run again. */
function again(error: unknown): unknown {
  if (!(error instanceof BackendLostError)) return error;
  const remedy = 'run the command again';
  return advised(error, error.reason, { device: remedy, thread: `${remedy}, or with one thread (--threads 1)` });
}

/**
 * The loss of a backend in one line, with what to do about it.
 * @param reason what was lost, and how
 * @param remedies for a device, beside computing without one, and for a thread
 */
export function advised(
  lost: BackendLostError,
  reason: string,
  remedies: { readonly device: string; readonly thread: string },
): BackendLostError {
  return lost instanceof DeviceLostError
    ? new DeviceLostError(reason, `${remedies.device}, or compute with WebAssembly (--backend wasm)`)
    : new BackendLostError(reason, remedies.thread);
}

/**
 * Waits for the backend that was asked for by `--backend`.
 * @throws InputError where there is no device for it, with what to do instead; DeviceLostError where it is lost at once
 */
export async function opened<B extends Backend>(backend: B | Promise<B>): Promise<B> {
  try {
    return await backend;
  } catch (error) {
    if (!(error instanceof NoDeviceError)) throw again(error);
    throw new InputError(
      `backend webgpu: ${error.reason}; ${error.remedy}, or compute with WebAssembly (--backend wasm)`,
    );
  }
}

/** Who computed a result. */
export interface Computed {
  readonly backend: BackendName;
  /** The GPU; null where the processor computed. */
  readonly adapter: string | null;
}

export function computedBy(backend: BackendName, { adapter }: { readonly adapter?: string }): Computed {
  return { backend, adapter: adapter ?? null };
}
