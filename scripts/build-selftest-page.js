/** `npm run selftest:page`: puts the page of the self-test into dist/selftest, which can be opened or served as it is. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));

mkdirSync(path('dist/selftest'), { recursive: true });
for (const name of ['index.html', 'selftest.css'])
  copyFileSync(path(`site/selftest/${name}`), path(`dist/selftest/${name}`));
await build({
  entryPoints: [path('dist/site/selftest/selftest.js')],
  outfile: path('dist/selftest/selftest.js'),
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  define: { VERSION: JSON.stringify(version) },
});
