/** How much of the page goes over the network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Sizes of files in bytes: as they are, and each compressed by itself as hosts do. */
export interface Sizes {
  readonly bytes: number;
  readonly gzip: number;
  readonly brotli: number;
}

export function sizesOf(folder: string, paths: readonly string[]): Sizes {
  const contents = paths.map((path) => readFileSync(join(folder, path)));
  const sum = (size: (content: Buffer) => number) => contents.reduce((total, content) => total + size(content), 0);
  return {
    bytes: sum((content) => content.length),
    gzip: sum((content) => gzipSync(content).length),
    brotli: sum((content) => brotliCompressSync(content).length),
  };
}
