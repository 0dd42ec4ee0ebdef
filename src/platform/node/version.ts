/** The version of this package. */
import { readFileSync } from 'node:fs';
import { packageFile } from './package-files.js';

export function packageVersion(): string {
  return JSON.parse(readFileSync(packageFile('../package.json'), 'utf8')).version;
}
