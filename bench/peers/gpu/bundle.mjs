/** The contest as one file, beside what else is built. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @returns {Promise<string>} where it is */
export async function bundleContest() {
  const outfile = pathOf('../../../dist/bench/contest.mjs');
  await build({
    entryPoints: [pathOf('contest.mjs')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    resolveExtensions: ['.js', '.mjs'],
    logLevel: 'error',
  });
  return outfile;
}
