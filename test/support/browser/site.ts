/** A site for tests: one page with one dedicated worker, bundled as a page has it and served on this machine. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { optionalPackages } from '../optional-packages.js';

/** Seen from `dist/test/support/browser`. */
const PACKAGE = fileURLToPath(new URL('../../../../', import.meta.url));

const HTML = '<!doctype html><meta charset="utf-8"><title>Test</title><script src="/page.js"></script>';

/** Starts the worker; `ask(method, ...args)` is answered by what the worker has given to `answer`. */
const PAGE = `
const worker = new Worker('/worker.js', { type: 'module' });
const pending = new Map();
let calls = 0;
worker.onmessage = ({ data: { call, result, error } }) => {
  const { resolve, reject } = pending.get(call);
  if (error === undefined) resolve(result);
  else reject(new Error(error));
};
worker.onerror = ({ message }) => {
  for (const { reject } of pending.values()) reject(new Error('the worker failed: ' + message));
};
globalThis.ask = (method, ...args) => new Promise((resolve, reject) => {
  pending.set(calls, { resolve, reject });
  worker.postMessage({ call: calls++, method, args });
});`;

/** The two headers with which threads may share memory. */
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** The strictest policy under which the library works. */
export const STRICT_CSP = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

export interface SiteOptions {
  /** Scripts by their names on the site, each the path of a module from the package on: `dist/test/…`. One is `worker.js`. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Whether pages are cross-origin isolated. Default: true. */
  readonly isolated?: boolean;
  /** Other headers of all answers, such as a Content-Security-Policy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Other files by their names on the site. */
  readonly files?: Readonly<Record<string, Content>>;
}

/** What is served: its type, and its bytes or text. */
export interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** Serves the page until `close`; the kernels are at /wasm/NAME.wasm. */
export class Site {
  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async serve({ scripts, isolated = true, headers, files = {} }: SiteOptions): Promise<Site> {
    const texts = new Map<string, string>([['page.js', PAGE]]);
    for (const [name, path] of Object.entries(scripts)) texts.set(name, await bundleForBrowser(path));
    const server = createServer(({ url = '/' }, response) => {
      const found = files[url.slice(1)] ?? contentOf(url.slice(1), texts);
      if (!found) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': found.type, ...(isolated && ISOLATION), ...headers }).end(found.body);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Site(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server);
  }

  /** Opens the page in a tab. Tabs of one context share their storage, which outlives them. */
  async open(context: BrowserContext): Promise<Tab> {
    const page = await context.newPage();
    await page.goto(this.url);
    return new Tab(page);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** A tab with the page. */
export class Tab {
  constructor(readonly page: Page) {}

  /** Calls a method of the worker. @throws what the worker throws, with its message alone */
  async ask<T>(method: string, ...args: unknown[]): Promise<T> {
    const call = ([method, args]: readonly [string, unknown[]]) => {
      const { ask } = globalThis as unknown as { ask(method: string, ...args: unknown[]): Promise<T> };
      return ask(method, ...args).then(
        (result) => ({ result }),
        (error: Error) => ({ error: error.message }),
      );
    };
    const answer: { result?: unknown; error?: string } = await this.page.evaluate(call, [method, args] as const);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result as T;
  }

  /** Closes the tab as a user does: what its worker was doing ends at once. */
  async close(): Promise<void> {
    await this.page.close();
  }
}

/** Bundles a module as pages do. @param path its path from the package on */
export async function bundleForBrowser(path: string): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [path], absWorkingDir: PACKAGE, outdir: 'out', write: false },
    ...{ bundle: true, platform: 'browser', format: 'esm', target: 'es2022' },
    // By the paths of tsconfig.json, `#platform/…` would be the sources of Node.
    ...{ external: optionalPackages(), tsconfigRaw: {}, logLevel: 'silent' },
    // The builds of pages put it in.
    define: { VERSION: '"0.0.0"' },
  });
  return outputFiles[0]!.text;
}

function contentOf(name: string, scripts: ReadonlyMap<string, string>): Content | undefined {
  if (name === '') return { type: 'text/html', body: HTML };
  if (scripts.has(name)) return { type: 'text/javascript', body: scripts.get(name)! };
  const [, kernels] = /^wasm\/([\w-]+)\.wasm$/.exec(name) ?? [];
  if (kernels === undefined) return undefined;
  return { type: 'application/wasm', body: readFileSync(new URL(`dist/wasm/${kernels}.wasm`, `file://${PACKAGE}`)) };
}
