/** Makes the folder of the page, which any host can serve as it is, in any of its folders. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Bundler } from './bundle.js';
import { headersFile, metaPolicy, pageHeaders } from './headers.js';
import { buildSelfTestPage } from './selftest-page.js';

/** The root of the package, above dist/site/host. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a browser loads of the page; paths are relative to its folder. */
export interface SiteFiles {
  /** What it loads before the page can be used. */
  readonly first: readonly string[];
  /** What it loads where it is needed. */
  readonly later: readonly string[];
}

/**
 * Builds the page from what the compiler has put into dist.
 * @param out the folder, which is made anew
 */
export async function buildSite(out: string): Promise<SiteFiles> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const source = join(ROOT, 'site');
  const compiled = join(ROOT, 'dist', 'site');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });

  const define = { VERSION: JSON.stringify(version) };
  const bundler = new Bundler(out, define, isLater);
  const script = await bundler.add(join(compiled, 'app', 'main.js'));
  const style = await bundler.add(join(source, 'styles', 'main.css'));
  const html = await readFile(join(source, 'index.html'), 'utf8');
  const page = fill(html, { POLICY: metaPolicy, SCRIPT: script.path, STYLE: style.path });
  await writeFile(join(out, 'index.html'), page);
  for (const name of COPIED) await copyFile(join(source, 'static', name), join(out, name));
  await writeFile(join(out, '_headers'), headersFile());
  const selfTest = await buildSelfTestPage(join(out, 'selftest'));

  const first = ['index.html', ...script.first, ...style.first, 'icon.svg', 'manifest.webmanifest'].sort();
  const later = [...script.later, ...style.later, ...selfTest.map((name) => `selftest/${name}`)];
  const files = { first, later: later.filter((path) => !first.includes(path)).sort() };
  await putServiceWorker(compiled, out, files);
  return files;
}

/** Copied as they are. */
const COPIED = ['icon.svg', 'manifest.webmanifest', 'README.md'];

/**
 * Models, and the runner of exported ones, are loaded when a person asks for them; the kernels for one thread where there
 * cannot be several.
 */
function isLater(file: string): boolean {
  return ['models', 'edge', 'dist/wasm/unetpp.wasm'].some((path) => file.startsWith(join(ROOT, path)));
}

/** Puts values in the places of a template that are marked `{{NAME}}`. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!);
}

/** It lies at the root, as it serves what is below its own place, and its name stays: browsers look by it for a newer one. */
async function putServiceWorker(compiled: string, out: string, files: SiteFiles): Promise<void> {
  await build({
    entryPoints: [join(compiled, 'offline', 'service-worker.js')],
    outfile: join(out, 'service-worker.js'),
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    define: {
      BUILD: JSON.stringify(await digestOf(out, [...files.first, ...files.later])),
      FILES: JSON.stringify(files),
      HEADERS: JSON.stringify(pageHeaders()),
    },
    logLevel: 'warning',
  });
}

/** A digest of the content of files, by which one build is told from another. */
async function digestOf(folder: string, paths: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const path of paths) digest.update(await readFile(join(folder, path)));
  return digest.digest('hex').slice(0, 16);
}
