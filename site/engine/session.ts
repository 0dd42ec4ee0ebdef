/** What the methods of the engine share: what computes, the open model, and the turns in which they are used. */
import { createBackend } from '#platform/backends.js';
import type { Backend } from '../../src/backend/backend.js';
import { BackendLostError } from '../../src/backend/lost.js';
import { compareWithReference } from '../../src/backend/self-check.js';
import { NoDeviceError } from '../../src/backend/webgpu/device.js';
import { InputError } from '../../src/base/errors.js';
import { computerText } from '../../src/cli/tables/describe.js';
import type { Model } from '../../src/model/model.js';
import { decodeModel } from '../../src/model/modelfile.js';
import type { CopyData } from './data.js';
import type { Engine, EngineFacts } from './protocol.js';

export type Wanted = Parameters<Engine['start']>[0];

/** What an engine needs beside the platform: in a page, what its worker loads. */
export interface Surroundings {
  /** The version of the program. */
  readonly version: string;
  /** Makes backends ready, once; `warn` is told why one thread computes. */
  prepare?(warn: (reason: string) => void): Promise<void>;
  /** Copies a data set to where it is kept. */
  readonly copyData: CopyData;
  /** The bytes of a model that comes with the page. @throws InputError for a name that none has */
  bundled(name: string): Promise<Uint8Array>;
}

/** A model that is open, with the bytes of its file. */
export interface OpenModel {
  readonly name: string;
  /** What `--init-from` names it by. */
  readonly initFrom: string;
  readonly bytes: Uint8Array;
  readonly model: Model;
}

export class Session {
  #prepared: Promise<void> | undefined;
  /** Why one thread computes, where it does. */
  #alone: string | undefined;
  #wanted: Wanted = { backend: 'wasm', threads: 'auto' };
  #backend: Backend | undefined;
  #facts: EngineFacts | undefined;
  #open: OpenModel | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly surroundings: Surroundings) {}

  /** What a training computes with, as options. */
  get computing() {
    const { backend, threads } = this.#wanted;
    return { backend, workers: threads };
  }

  /** What was found out about the backend; undefined before it is started. */
  get facts(): EngineFacts | undefined {
    return this.#facts;
  }

  /** The open model; undefined where there is none. */
  get opened(): OpenModel | undefined {
    return this.#open;
  }

  /** The open model. @throws InputError where there is none */
  get open(): OpenModel {
    if (this.#open) return this.#open;
    throw new InputError('no model is open; open one, or train one');
  }

  /**
   * Does work with the backend or the open model when all work before it is done: what is replaced meanwhile would be
   * freed under its hands. Where the backend is lost meanwhile, another one takes its place, and the work is done again, once.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#afterOthers(async () => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof BackendLostError)) throw error;
        await this.#replaceBackend(this.#wanted);
        return work();
      }
    });
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Prepares a backend in place of the one before, with the open model on it. */
  start(wanted: Wanted): Promise<EngineFacts> {
    return this.#afterOthers(async () => {
      this.#prepared ??= this.surroundings.prepare?.((reason) => {
        this.#alone = reason;
      });
      await this.#prepared;
      return this.#replaceBackend(wanted);
    });
  }

  /** Makes a backend in place of the one before, with the open model on it. */
  async #replaceBackend(wanted: Wanted): Promise<EngineFacts> {
    const { backend, noGpu } = await backendFor(wanted);
    const open = this.#open;
    try {
      const remark = noGpu ?? (wanted.threads === 1 ? null : (this.#alone ?? null));
      this.#facts = { ...factsOf(backend), remark, fault: await this.#faultOf(backend) };
      if (open) this.#open = { ...open, model: await decodeModel(open.bytes, open.name, backend) };
    } catch (error) {
      backend.close();
      throw error;
    }
    this.#backend?.close();
    this.#backend = backend;
    this.#wanted = backend.adapter === undefined ? { ...wanted, backend: 'wasm' } : wanted;
    return this.#facts;
  }

  /** What a backend computes wrongly. The kernels of WebAssembly were checked as they were made ready. */
  async #faultOf(backend: Backend): Promise<string | null> {
    const isChecked = this.#prepared !== undefined && backend.adapter === undefined;
    return isChecked ? null : ((await compareWithReference(backend)) ?? null);
  }

  /** Opens a model in place of the one before, which is freed. @throws InputError for a file that is none */
  async replace(found: Omit<OpenModel, 'model'>): Promise<OpenModel> {
    if (!this.#backend) throw new InputError('nothing computes yet; start the engine first');
    const model = await decodeModel(found.bytes, found.name, this.#backend);
    this.#open?.model.free();
    this.#open = { ...found, model };
    return this.#open;
  }
}

/** Makes the backend that is wanted, or where there is no GPU the other one, with the reason. */
async function backendFor({ backend, threads }: Wanted): Promise<{ backend: Backend; noGpu?: string }> {
  try {
    if (backend === 'webgpu') return { backend: await createBackend('webgpu') };
    return { backend: await createBackend('wasm', { threads }) };
  } catch (error) {
    if (!(error instanceof NoDeviceError)) throw error;
    const { reason, remedy } = error;
    return { backend: await createBackend('wasm', { threads }), noGpu: `no GPU: ${reason}; ${remedy}` };
  }
}

function factsOf(backend: Backend): Pick<EngineFacts, 'computing' | 'threads' | 'adapter'> {
  const { threads, adapter = null } = backend;
  const by = computerText({ threads, adapter });
  return { computing: adapter === null ? `WebAssembly, ${by}` : by, threads, adapter };
}
