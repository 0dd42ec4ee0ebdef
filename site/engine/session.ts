/** What the methods of the engine share: what computes, the open model, and the turns in which they are used. */
import { createBackend } from '#platform/backends.js';
import type { Backend } from '../../src/backend/backend.js';
import { allChecks, isClose, startCheck } from '../../src/backend/checks.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import { NoDeviceError } from '../../src/backend/webgpu/device.js';
import { InputError } from '../../src/base/errors.js';
import { computerText } from '../../src/cli/tables/describe.js';
import { decodeModel, type Model } from '../../src/core.js';
import type { Engine, EngineFacts } from './protocol.js';

export type Wanted = Parameters<Engine['start']>[0];

/** A model that is open, with the bytes of its file. */
export interface OpenModel {
  readonly name: string;
  /** What `--init-from` names it by. */
  readonly initFrom: string;
  readonly bytes: Uint8Array;
  readonly model: Model;
}

export class Session {
  #wanted: Wanted = { backend: 'wasm', threads: 'auto' };
  #backend: Backend | undefined;
  #facts: EngineFacts | undefined;
  #open: OpenModel | undefined;
  #turn: Promise<unknown> = Promise.resolve();

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
   * freed under its hands.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Prepares a backend in place of the one before, with the open model on it. */
  start(wanted: Wanted): Promise<EngineFacts> {
    return this.inTurn(async () => {
      const { backend, remark } = await backendFor(wanted);
      const open = this.#open;
      try {
        this.#facts = { ...factsOf(backend, wanted, remark), fault: await faultOf(backend) };
        if (open) this.#open = { ...open, model: await decodeModel(open.bytes, open.name, backend) };
      } catch (error) {
        backend.close();
        throw error;
      }
      this.#backend?.close();
      this.#backend = backend;
      this.#wanted = backend.adapter === undefined ? { ...wanted, backend: 'wasm' } : wanted;
      return this.#facts;
    });
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
async function backendFor({ backend, threads }: Wanted): Promise<{ backend: Backend; remark?: string }> {
  try {
    if (backend === 'webgpu') return { backend: await createBackend('webgpu') };
    return { backend: await createBackend('wasm', { threads }) };
  } catch (error) {
    if (!(error instanceof NoDeviceError)) throw error;
    const { reason, remedy } = error;
    return { backend: await createBackend('wasm', { threads }), remark: `no GPU: ${reason}; ${remedy}` };
  }
}

const ALONE =
  'one thread: this page is not cross-origin isolated, as its server does not send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';

function factsOf(backend: Backend, { threads: wanted }: Wanted, remark?: string): Omit<EngineFacts, 'fault'> {
  const { threads, adapter = null } = backend;
  const isAlone = adapter === null && wanted !== 1 && threads === 1 && globalThis.crossOriginIsolated === false;
  return {
    computing: adapter === null ? `WebAssembly, ${computerText({ threads })}` : computerText({ threads, adapter }),
    threads,
    adapter,
    remark: remark ?? (isAlone ? ALONE : null),
  };
}

/** The name of the first check in which a backend is further from the reference than rounding explains, or null. */
async function faultOf(backend: Backend): Promise<string | null> {
  const reference = new ReferenceBackend();
  for (const name of allChecks) {
    const [found, expected] = await Promise.all([backend, reference].map((each) => outputsOf(each, name)));
    if (found!.some((values, k) => !isClose(values, expected![k]!))) return name;
  }
  return null;
}

async function outputsOf(backend: Backend, name: string): Promise<ArrayLike<number>[]> {
  const { program, outputs } = startCheck(backend, name);
  const values = await Promise.all(outputs.map((output) => program.read(output)));
  program.free();
  return values;
}
