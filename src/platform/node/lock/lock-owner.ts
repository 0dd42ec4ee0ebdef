/** The owner of a lock, as JSON in the lock's file. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { bootId, ownStart, processNamespace } from './processes.js';

/** The identity of a process: its machine and its number there. A field is '' where it is not known. */
export interface ProcessIdentity {
  readonly host: string;
  /** The run of the machine: two processes with the same one are under one kernel, whatever their hosts are called. */
  readonly boot: string;
  /** The process namespace that `pid` belongs to: containers have their own. */
  readonly namespace: string;
  readonly pid: number;
  /** The start of the process, in clock ticks since boot: numbers of processes are used again. */
  readonly start: string;
}

export interface Owner extends ProcessIdentity {
  /** The id of this lock alone. */
  readonly id: string;
  /** The time when it was taken, in ISO 8601. */
  readonly started: string;
  /** Whether the kernel holds the file for it, see `holdFile`. */
  readonly kernel: boolean;
}

/** The identity of this process. */
export const here: ProcessIdentity = {
  host: hostname(),
  boot: bootId(),
  namespace: processNamespace(),
  pid: process.pid,
  start: ownStart(),
};

/** Makes this process the owner of a new lock. */
export function newOwner(): Owner {
  return { ...here, id: randomUUID(), started: new Date().toISOString(), kernel: false };
}

/** Parses an owner; undefined where the text is none, as an older version leaves it when it is killed while writing. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, host, namespace, started, boot = '', start = '', id = '', kernel = false } = JSON.parse(text);
    const texts = [host, namespace, started, boot, start, id].every((field) => typeof field === 'string');
    if (!texts || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, host, namespace, started, boot, start, id, kernel: kernel === true };
  } catch {
    return undefined;
  }
}

export function nameOf(owner: Owner | undefined): string {
  return owner ? `process ${owner.pid} on ${owner.host} (since ${owner.started})` : 'an unknown process';
}
