/**
 * Puts the command line into a few files, `dist/cli`: most of the time of a short command went into finding some 600
 * modules. Code that is loaded on demand stays apart, packages that are optional or have threads of their own stay
 * outside. Nothing is minified, so that UNETPP_DEBUG shows readable stacks.
 */
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleReportPage } from './bundle-report-page.js';

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { peerDependencies } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8'));
const outdir = pathOf('dist/cli');

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: { unetpp: pathOf('dist/src/cli/main.js') },
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: [...Object.keys(peerDependencies), 'piscina'],
  // By the paths of tsconfig.json, `#platform/…` would be the sources.
  tsconfigRaw: {},
  // Packages in CommonJS ask for modules of Node by `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});
await bundleReportPage();
