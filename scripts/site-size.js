/** `npm run site:size`: what a browser loads of the page before it can be used, and all that is kept for offline use. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSite } from '../dist/site/host/build.js';
import { sizesOf } from '../dist/site/host/sizes.js';

const folder = mkdtempSync(join(tmpdir(), 'unetpp-site-'));
try {
  const { first, later } = await buildSite(folder);
  const row = (name, { bytes, gzip, brotli }) => {
    const cells = [bytes, gzip, brotli].map((size) => `${(size / 1024).toFixed(1)} KB`.padStart(12));
    console.log(`${name.padEnd(44)}${cells.join('')}`);
  };
  console.log(`${''.padEnd(44)}${['as it is', 'gzip', 'Brotli'].map((title) => title.padStart(12)).join('')}`);
  for (const path of first) row(path, sizesOf(folder, [path]));
  row('first load', sizesOf(folder, first));
  row('loaded where it is needed', sizesOf(folder, later));
} finally {
  rmSync(folder, { recursive: true });
}
