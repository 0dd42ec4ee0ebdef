/**
 * Puts script and style of the page of a run (`src/report/page`) into one file, `dist/cli/report-page.json`, from which
 * `train --log live` makes the page that it serves and the report that it writes.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Bundles a file as it stands in the page. */
async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [pathOf(entry)],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    // By the paths of tsconfig.json, `#platform/…` would be the sources.
    tsconfigRaw: {},
    logLevel: 'warning',
  });
  // Within an element of HTML, nothing may look like its end.
  return outputFiles[0].text.replaceAll('</', '<\\/').trim();
}

const hashOf = (text) => createHash('sha256').update(text).digest('base64');

export async function bundleReportPage() {
  const script = await bundled('dist/src/report/page/client.js');
  const style = await bundled('src/report/page/page.css');
  const parts = { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) };
  writeFileSync(pathOf('dist/cli/report-page.json'), JSON.stringify(parts));
}
