/**
 * `npm run formats:chromium -- DIR`: reads every file of DIR and its folders in Chromium and in Node, by the same readers
 * and the same optional packages, and compares what they say of their images and the values of all slices. A file is equal,
 * or differs, or is refused in the same words. The exit code is 0, 1 where something differs, or 2 where something is
 * missing, see chromium.js.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openImage } from '../dist/src/core.js';
import { openFile } from '../dist/src/platform/node/files/read.js';
import { inChromium } from './chromium.js';

/** What lies beside the images. */
const ABOUT = /(?:README|LICENSE|\.md|\.py|\.txt)$/;

const [dir] = process.argv.slice(2);
if (dir === undefined) {
  console.error('npm run formats:chromium -- DIR, a folder with images');
  process.exit(2);
}
const files = readdirSync(dir, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !ABOUT.test(entry.name))
  .map((entry) => relative(dir, join(entry.parentPath ?? entry.path, entry.name)))
  .sort();
const script = await bundled();
await inChromium(answer, async ({ page, name }) => {
  await page.waitForFunction(() => globalThis.readHere !== undefined);
  const counts = { equal: 0, differs: 0, refused: 0 };
  for (const file of files) {
    const there = await page.evaluate((path) => globalThis.readHere(path), file);
    const here = await read(await openFile(join(dir, file)), file);
    const verdict = JSON.stringify(there) !== JSON.stringify(here) ? 'differs' : here.refused ? 'refused' : 'equal';
    counts[verdict]++;
    if (verdict === 'equal') continue;
    console.log(
      `${verdict.padEnd(8)} ${file}  ${verdict === 'refused' ? here.refused : JSON.stringify([there, here])}`,
    );
  }
  console.log(
    `${name}: ${Object.entries(counts)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(', ')}`,
  );
  if (counts.differs > 0) process.exitCode = 1;
});

/** The readers as a script of the page; `readHere` of a path is what `read` gives. */
async function bundled() {
  const out = mkdtempSync(join(tmpdir(), 'unetpp-formats-'));
  try {
    const contents = `
      import { openImage } from './dist/src/core.js';
      ${read}
      const sha256 = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
        .map((byte) => byte.toString(16).padStart(2, '0')).join('');
      globalThis.readHere = async (path) => {
        const blob = await (await fetch('/file/' + path)).blob();
        const slice = (offset, length) => blob.slice(offset, offset + length).arrayBuffer();
        const source = { name: path, size: blob.size, read: async (...range) => new Uint8Array(await slice(...range)) };
        return read(source, path);
      };`;
    const resolveDir = fileURLToPath(new URL('..', import.meta.url));
    const outfile = join(out, 'page.js');
    // The codecs look for files where they run in Node only.
    const external = ['fs', 'path', 'module', 'worker_threads'];
    const stdin = { contents, resolveDir, loader: 'js' };
    await build({
      stdin,
      outfile,
      external,
      bundle: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
    });
    return readFileSync(outfile);
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** What a file says of its images, and the digest of the values of all slices. This text also runs in the page. */
async function read(source, path) {
  try {
    const opened = await openImage({ ...source, name: path }).catch((error) => {
      if (!/volume/.test(error.message)) throw error;
      return openImage({ ...source, name: path }, { volume: 1 });
    });
    await opened.verify();
    const digests = [];
    for (let slice = 0; slice < opened.header.slices; slice++) {
      const { data } = await opened.read(slice);
      digests.push(await sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
    }
    return { header: opened.header, digests };
  } catch (error) {
    return { refused: error.message };
  }
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function answer(url) {
  if (url === '/') return { type: 'text/html', body: '<!doctype html><script type="module" src="/page.js"></script>' };
  if (url === '/page.js') return { type: 'text/javascript', body: script };
  const path = url.startsWith('/file/') ? url.slice('/file/'.length) : undefined;
  return files.includes(path) ? { type: 'application/octet-stream', body: readFileSync(join(dir, path)) } : undefined;
}
