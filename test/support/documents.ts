/** The documents that users read: README.md, ARCHITECTURE.md and docs/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** Their paths from the root of the package. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(PACKAGE, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export function readDocument(path: string): string {
  return readFileSync(join(PACKAGE, path), 'utf8');
}
