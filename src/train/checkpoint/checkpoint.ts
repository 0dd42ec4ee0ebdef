/**
 * The file of a checkpoint: all that a training needs to resume and reach the same bits. It is one safetensors file, its
 * tensors flat arrays; `__metadata__` holds
 *
 *     format   "unetpp checkpoint"
 *     version  "1"
 *     state    JSON: counters, schedule, scores…
 *     run      JSON: what it was made with, see `RunRecord`; absent without a run folder, and in those of 0.1.0
 *
 * and the two checksums of our safetensors files, one over the tensors and one over everything else. Elsewhere they may be
 * absent; here they may not, so that no flipped bit and no cut goes unseen.
 */
import type { Values } from '../../backend/backend.js';
import { InputError, invariant } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { sha256OfParts } from '../../base/sha256.js';
import { show } from '../../base/show.js';
import { type HashParts, readSafetensors, type StoredTensor, safetensorsParts } from '../../formats/safetensors.js';
import { parseRunRecord, type RunRecord } from './run-record.js';

export interface Checkpoint {
  /** Counters, schedule and scores, as values of JSON; a field that is undefined is left out. */
  readonly state: Readonly<Record<string, unknown>>;
  /** The memory of parameters and optimizer, by name. */
  readonly tensors: ReadonlyMap<string, Values>;
  /** The options, images and metrics that its run folder adds. */
  readonly run?: RunRecord;
}

const FORMAT = 'unetpp checkpoint';
const VERSION = '1';

/**
 * Encodes a checkpoint as the consecutive parts of its file. The tensors are among them as they lie in memory: another
 * copy would be as large as all of the training's parameters and state. So they must not change until the parts are
 * written.
 * @param hash a platform that can hash parts one after the other spares the copy that the default makes of them
 */
export async function encodeCheckpoint(
  { state, tensors, run }: Checkpoint,
  hash: HashParts = sha256OfParts,
): Promise<Uint8Array[]> {
  const stored = [...tensors].map(([name, data]) => [name, flat(data)] as const);
  const metadata = {
    format: FORMAT,
    version: VERSION,
    state: exactJson(state, 'state'),
    ...(run && { run: exactJson(run, 'run') }),
  };
  return safetensorsParts(stored, metadata, hash);
}

/**
 * A checkpoint from the bytes of its file, in which its tensors stay.
 * @param source the file's name, for the errors
 * @throws InputError, one line, when anything differs from what was written
 */
export async function decodeCheckpoint(bytes: Uint8Array, source: string): Promise<Checkpoint> {
  const { metadata, tensors } = await readSafetensors(bytes, source);
  const { format, version, state, run, sha256, headerSha256 } = metadata;
  if (format !== FORMAT) {
    throw new InputError(
      `${source}: not a checkpoint of unetpp (its metadata has no format "${FORMAT}"); give a file that a training wrote`,
    );
  }
  if (sha256 === undefined || headerSha256 === undefined) {
    throw new InputError(`${source}: damaged: a checksum is missing; restore the file from a copy`);
  }
  if (version !== VERSION) {
    throw new InputError(`${source}: has checkpoint version ${show(version)}, expected "${VERSION}"; update unetpp`);
  }
  return {
    state: parseState(state, source),
    tensors: new Map([...tensors].map(([name, tensor]) => [name, valuesOf(name, tensor, source)])),
    ...(run !== undefined && { run: parseRunRecord(run, source) }),
  };
}

function flat(data: Values): StoredTensor {
  const shape = [data.length];
  return data instanceof Float32Array ? { dtype: 'F32', shape, data } : { dtype: 'F64', shape, data };
}

function valuesOf(name: string, { dtype, shape, data }: StoredTensor, source: string): Values {
  if ((dtype === 'F32' || dtype === 'F64') && shape.length === 1) return data;
  throw new InputError(
    `${source}: tensor ${show(name)} is ${dtype} [${shape}], expected one row of floats; ` +
      'restore the file from a copy',
  );
}

function parseState(text: string | undefined, source: string): Checkpoint['state'] {
  const value = text === undefined ? undefined : parseJson(text, `${source}: state`);
  if (isRecord(value)) return value;
  throw new InputError(`${source}: state: expected a JSON object, found ${show(value)}; restore the file from a copy`);
}

/**
 * Writes JSON as JSON.stringify does, but loses nothing: a value that JSON cannot express is a fault, and -0 is written
 * as it is (JSON.parse reads it so).
 */
function exactJson(value: unknown, path: string): string {
  if (typeof value === 'number') {
    invariant(Number.isFinite(value), `checkpoint: ${path} is ${value}, which JSON cannot hold`);
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item, k) => exactJson(item, `${path}[${k}]`))}]`;
  invariant(isRecord(value), `checkpoint: ${path} is no value of JSON: ${Object.prototype.toString.call(value)}`);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${exactJson(field, `${path}.${name}`)}`)}}`;
}

/** Whether `value` is a plain object. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
