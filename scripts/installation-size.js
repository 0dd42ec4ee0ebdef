/**
 * `npm run sizes`: what an installation takes on the disk. The package as it would be published is installed from the npm
 * registry into a temporary folder, alone and with each optional package that reads a format. MB are millions of bytes of
 * the files in node_modules. It prints Markdown.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What reads each format, in the order of the table in docs/formats.md. */
const READERS = [
  'jpeg-js',
  'zstddec',
  'nifti-reader-js',
  'dicom-parser',
  '@cornerstonejs/codec-openjpeg',
  '@cornerstonejs/codec-charls',
  'jpeg-lossless-decoder-js',
];
/** What this package needs and no more: neither what the packages below it take where they find it, nor tools. */
const NEEDED = ['--omit=optional', '--omit=dev'];

const folder = mkdtempSync(join(tmpdir(), 'unetpp-sizes-'));
try {
  // The build is there, and `prepare` would make it again.
  const pack = ['pack', ROOT, '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename, size }] = JSON.parse(npm(folder, ...pack));
  const unetpp = join(folder, filename);
  const base = install('base', [unetpp]);
  console.log('| installed | packages | MB | more than without |');
  console.log('| --- | --- | --- | --- |');
  printRow('unetpp alone', base);
  for (const name of READERS) {
    const home = install(name, [unetpp, `${name}@${peerDependencies[name]}`]);
    printRow(`with \`${name}\` ${home.versions.get(name)}`, home, base);
  }
  const every = READERS.map((name) => `${name}@${peerDependencies[name]}`);
  printRow('with all of them', install('every', [unetpp, ...every]), base);
  printRow('unetpp alone, without `--omit=optional`', install('default', [unetpp], []), base);
  const date = new Date().toISOString().slice(0, 10);
  const npmVersion = npm(folder, '--version').trim();
  console.log(
    `\nThe package itself takes ${megabytes(size)} MB packed. \`npm ls --all ${NEEDED.join(' ')}\` of unetpp alone:\n`,
  );
  for (const line of listed(base.home)) console.log(`    ${line}`);
  console.log(`\n${date}, Node ${process.versions.node}, npm ${npmVersion}, ${process.platform} ${process.arch}.`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Installs packages into a folder of their own. */
function install(name, packages, omitted = NEEDED) {
  const home = join(folder, name.replaceAll('/', '-'));
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  npm(home, 'install', ...omitted, '--ignore-scripts', '--no-audit', '--no-fund', ...packages);
  const modules = join(home, 'node_modules');
  const { packages: found } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  const versions = new Map(
    Object.entries(found).map(([path, { version }]) => [path.replace('node_modules/', ''), version]),
  );
  return { home, versions, bytes: bytesOf(modules) };
}

function bytesOf(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

function printRow(what, { versions, bytes }, base) {
  const more = base ? megabytes(bytes - base.bytes) : '';
  console.log(`| ${what} | ${versions.size} | ${megabytes(bytes)} | ${more} |`);
}

/** The packages of an installation, as npm lists them. */
function listed(home) {
  const [, ...lines] = npm(home, 'ls', '--all', ...NEEDED, '--parseable', '--long')
    .trimEnd()
    .split('\n');
  return lines.map((line) => line.slice(line.lastIndexOf(':') + 1));
}

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(2);
}
