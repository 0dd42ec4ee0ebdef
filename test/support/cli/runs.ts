/** The files of a run, as two runs are compared. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of metrics.jsonl without what no two runs have alike: times, and the memory of the process. */
export function metricsOf(run: string): object[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { seconds, imagesPerSecond, memoryBytes, ...same } = JSON.parse(line);
    return same;
  });
}

/** Flips one bit in the middle of a file. */
export function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

/** Cuts the second half of a file off. */
export function cutShort(path: string): void {
  truncateSync(path, readFileSync(path).length >> 1);
}
