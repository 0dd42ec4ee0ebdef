/** Serves the folder of the page on this machine, with the headers that a host should send. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, sep } from 'node:path';
import { InputError } from '../../src/base/errors.js';
import { cacheControl, mimeType, pageHeaders } from './headers.js';

export interface ServeOptions {
  /** Of 127.0.0.1; 0, the default, takes one that is free. */
  readonly port?: number;
  /** Whether the headers are sent by which threads share memory. Default: true. */
  readonly isolated?: boolean;
}

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Only the files that the folder holds when this begins are served, found by their whole path: no path leads out of it.
 * @throws InputError where the port is in use or may not be taken
 */
export async function serveSite(folder: string, { port = 0, isolated = true }: ServeOptions = {}): Promise<Served> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const files = new Set(paths.map((path) => `/${path}`));
  const headers = pageHeaders(isolated);
  const server = createServer((request, response) => answer(request, response, { folder, files, headers }));
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? 'is in use' : code === 'EACCES' ? 'may not be taken' : message;
      fail(new InputError(`--port ${port}: port ${port} of 127.0.0.1 ${reason}; give another one, or 0 for any`));
    });
    server.listen(port, '127.0.0.1', done);
  });
}

interface Site {
  readonly folder: string;
  /** The paths of all files, each with a `/` before it. */
  readonly files: ReadonlySet<string>;
  readonly headers: Readonly<Record<string, string>>;
}

function answer({ url = '', method, headers: asked }: IncomingMessage, response: ServerResponse, site: Site): void {
  const { folder, files, headers } = site;
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end();
    return;
  }
  const [path] = url.split('?') as [string];
  const found = path.endsWith('/') ? `${path}index.html` : path;
  if (files.has(`${path}/index.html`)) {
    // Relative URLs start from the folder only where the path ends with a slash.
    response.writeHead(308, { ...headers, location: `${path}/` }).end();
    return;
  }
  if (!files.has(found)) {
    response.writeHead(404, { ...headers, 'content-type': 'text/plain' }).end('There is no such file.\n');
    return;
  }
  const body = readFileSync(join(folder, found));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const all = { ...headers, etag, 'cache-control': cacheControl(found) };
  if (asked['if-none-match'] === etag) response.writeHead(304, all).end();
  else {
    const type = { 'content-type': mimeType(found), 'content-length': body.length };
    response.writeHead(200, { ...all, ...type }).end(method === 'HEAD' ? undefined : body);
  }
}
