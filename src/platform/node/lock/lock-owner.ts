/** Who holds a lock: what stands in its file, as JSON. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { bootId, ownStart, processNamespace } from './processes.js';

/** Where a process runs, and which it is there. A field is '' where the system, or an older version, does not tell. */
export interface Place {
  readonly host: string;
  /** One run of the machine: two processes with the same are under one kernel, whatever their hosts are called. */
  readonly boot: string;
  /** Which numbering of processes `pid` belongs to: containers have their own. */
  readonly namespace: string;
  readonly pid: number;
  /** Of the process, in clock ticks since boot: numbers are used again. */
  readonly start: string;
}

export interface Owner extends Place {
  /** Of this lock alone. */
  readonly id: string;
  /** When it was taken, in ISO 8601. */
  readonly started: string;
  /** Whether the kernel holds the file for it, see `holdFile`. */
  readonly kernel: boolean;
}

/** This process. */
export const here: Place = {
  host: hostname(),
  boot: bootId(),
  namespace: processNamespace(),
  pid: process.pid,
  start: ownStart(),
};

/** This process, as the owner of a new lock. */
export function newOwner(): Owner {
  return { ...here, id: randomUUID(), started: new Date().toISOString(), kernel: false };
}

/** Undefined where the text is not that of a lock, as an older version leaves it that is killed while it writes one. */
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
