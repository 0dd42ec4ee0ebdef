/** The contest in a page of Chromium. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { bundleContest } from './bundle.mjs';

const ORT = new URL('../node_modules/onnxruntime-web/dist/', import.meta.url);
const TYPES = { '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const PAGE = `<!doctype html><script type="module">
import { Contest } from '/contest.mjs';
globalThis.contest = new Contest();
</script>`;

export async function openChromium({ executable, flags, ...options }) {
  const bundle = await bundleContest();
  const server = createServer(async ({ url }, response) => {
    if (url === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
    const file = url === '/contest.mjs' ? bundle : fileURLToPath(new URL(`.${url.slice('/ort'.length)}`, ORT));
    const bytes = await readFile(file).catch(() => undefined);
    if (!bytes) return response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream').end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: executable, args: ['--enable-unsafe-webgpu', ...flags] });
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => 'contest' in globalThis);
    const ort = '/ort/ort.webgpu.bundle.min.mjs';
    const adapter = await page.evaluate((all) => globalThis.contest.open(all), { ...options, ort });
    return {
      ...adapter,
      place: `Chromium ${browser.version()}`,
      systems: ['unetpp', '@tensorflow/tfjs-backend-webgpu', 'onnxruntime-web'],
      async run(name, work) {
        return { ms: await page.evaluate(([system, what]) => globalThis.contest.run(system, what), [name, work]) };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
