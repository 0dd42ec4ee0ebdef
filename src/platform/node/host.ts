/** The machine that this process runs on: its processor, its memory and its disk. */
import { statfsSync } from 'node:fs';
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import { availableCores, batchGrant, cpuQuota } from './threads/cores.js';

/** Returns how many bytes of memory are still available. */
export function availableMemory(): number {
  // On macOS, memory that only caches files does not count as free.
  const free = process.platform === 'darwin' ? totalmem() : freemem();
  return Math.min(free, memoryLimit());
}

/** Returns how many bytes of memory this process takes. */
export function residentMemory(): number | undefined {
  return process.memoryUsage().rss;
}

/** The version of Node, like `24.1.0`. */
export const nodeVersion = process.versions.node;

/** The model of the processor as the system names it; undefined where it names none. */
export function processorModel(): string | undefined {
  return cpus()[0]?.model.trim();
}

/** Describes the machine for a report. Sizes are in bytes. */
export function describeHost() {
  const finite = (cores: number) => (Number.isFinite(cores) ? cores : null);
  return {
    node: nodeVersion,
    v8: process.versions.v8,
    system: `${platform()} ${arch()}, ${release()}`,
    processor: processorModel() || 'unknown',
    /** How many threads unetpp starts by itself. */
    cores: availableCores(),
    /** How many cores the process is bound to. */
    affinity: availableParallelism(),
    /** What control groups grant, in cores; null without a limit. */
    quota: finite(cpuQuota()),
    /** What Slurm has given each process of its job, in cores; null outside of one. */
    batch: finite(batchGrant()),
    freeMemory: freemem(),
    memory: Math.min(totalmem(), memoryLimit()),
    freeDisk: freeDisk(),
  };
}

/** Returns the bytes that control groups grant this process; infinite without a limit. */
function memoryLimit(): number {
  return process.constrainedMemory() || Number.POSITIVE_INFINITY;
}

/** The bytes free in the current folder; null where that cannot be told. */
function freeDisk(): number | null {
  try {
    const { bavail, bsize } = statfsSync('.');
    return bavail * bsize;
  } catch {
    return null;
  }
}
