/** The script and the style of the page of a run. */
import { readFileSync } from 'node:fs';
import type { PageParts } from '../../../report/page/html.js';
import { packageFile } from '../package-files.js';

export function readPageParts(): PageParts {
  return JSON.parse(readFileSync(packageFile('cli/report-page.json'), 'utf8'));
}
