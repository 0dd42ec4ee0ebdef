/** A page on this machine alone, with events that tell it what is new. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is served. */
export interface Served {
  /** The page, and the policy that its answer has. */
  html(): string;
  policy(): string;
  /** The event that a page gets first. */
  first(): { readonly event: string; readonly data: unknown };
  /** A picture as PNG. */
  picture(): Uint8Array | undefined;
}

const ADDRESS = '127.0.0.1';
/** How this machine may be called by a browser. A page of another name that resolves to it is refused. */
const OWN_NAMES: readonly string[] = [ADDRESS, 'localhost'];
/** More pages than this are not told anything. */
const MOST_PAGES = 20;
/** What a page that does not read may leave unread, in bytes. */
const MOST_UNREAD = 32 * 2 ** 20;
const SECURE = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export class PageServer {
  readonly #server: Server;
  readonly #served: Served;
  readonly #pages = new Set<ServerResponse>();

  private constructor(served: Served) {
    this.#served = served;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Opens a free port. */
  static async open(served: Served): Promise<PageServer> {
    const page = new PageServer(served);
    await new Promise<void>((done, failed) => {
      page.#server.once('error', failed);
      page.#server.listen(0, ADDRESS, done);
    });
    return page;
  }

  get url(): string {
    return `http://${ADDRESS}:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Tells all pages. */
  send(event: string, data: unknown): void {
    if (this.#pages.size === 0) return;
    const text = eventText(event, data);
    for (const page of this.#pages) {
      if (page.writableLength > MOST_UNREAD) page.destroy();
      else page.write(text);
    }
  }

  /** Ends all connections, once what was told is through. */
  async close(): Promise<void> {
    for (const page of this.#pages) page.end();
    this.#server.closeIdleConnections();
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    const timer = setTimeout(() => this.#server.closeAllConnections(), 500);
    await closed;
    clearTimeout(timer);
  }

  #answer({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const [name] = (headers.host ?? '').split(':');
    const path = url?.split('?')[0];
    if (!OWN_NAMES.includes(name!)) refuse(response, 403, 'this page is for this machine alone');
    else if (method !== 'GET') refuse(response, 405, 'only GET');
    else if (path === '/') this.#page(response);
    else if (path === '/events') this.#follow(response);
    else if (path === '/picture.png') this.#picture(response);
    else refuse(response, 404, 'no such page');
  }

  #page(response: ServerResponse): void {
    const policy = `${this.#served.policy()}; frame-ancestors 'none'`;
    const type = 'text/html; charset=utf-8';
    response.writeHead(200, { ...SECURE, 'content-security-policy': policy, 'content-type': type });
    response.end(this.#served.html());
  }

  #picture(response: ServerResponse): void {
    const png = this.#served.picture();
    if (png) response.writeHead(200, { ...SECURE, 'content-type': 'image/png' }).end(png);
    else refuse(response, 404, 'no picture yet');
  }

  #follow(response: ServerResponse): void {
    if (this.#pages.size >= MOST_PAGES) {
      refuse(response, 503, 'too many pages are open');
      return;
    }
    response.writeHead(200, { ...SECURE, 'content-type': 'text/event-stream' });
    const { event, data } = this.#served.first();
    response.write(eventText(event, data));
    this.#pages.add(response);
    response.on('close', () => this.#pages.delete(response));
  }
}

function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { ...SECURE, 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}
