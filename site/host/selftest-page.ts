/** The page of the self-test, which stands alone: it can be opened or served as it is. */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const pathOf = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

/** Puts it into a folder. @returns the names of its files */
export async function buildSelfTestPage(out: string): Promise<readonly string[]> {
  const { version } = JSON.parse(await readFile(pathOf('package.json'), 'utf8'));
  const copied = ['index.html', 'selftest.css'];
  await mkdir(out, { recursive: true });
  for (const name of copied) await copyFile(pathOf(`site/selftest/${name}`), join(out, name));
  await build({
    entryPoints: [pathOf('dist/site/selftest/selftest.js')],
    outfile: join(out, 'selftest.js'),
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    define: { VERSION: JSON.stringify(version) },
  });
  return [...copied, 'selftest.js'];
}
