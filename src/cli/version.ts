/** The version of this package. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../platform/node/package-files.js';

export const { version }: { readonly version: string } = JSON.parse(
  readFileSync(packageFile('../package.json'), 'utf8'),
);
