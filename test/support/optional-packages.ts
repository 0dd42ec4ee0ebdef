/** The optional packages, which a page that does not read their files leaves out of its bundle. */
import { readFileSync } from 'node:fs';

export function optionalPackages(): string[] {
  const file = new URL('../../../package.json', import.meta.url);
  const { peerDependencies } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.keys(peerDependencies);
}
