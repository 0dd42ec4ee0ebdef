/**
 * Keeps the page for times without a network. What is needed to begin with is stored when this is installed, which the page
 * asks for only once it is ready; all else when the page says so. A newer worker waits until no tab uses the older page.
 */
import type { SiteFiles } from '../host/build.js';

/** What the build puts in: a digest of all files, their paths, and the headers of every answer. */
declare const BUILD: string;
declare const FILES: SiteFiles;
declare const HEADERS: Readonly<Record<string, string>>;

/** What of a service worker's scope is used here; the library of types that has it excludes that of pages. */
interface Scope {
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string };
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'message', listener: (event: Lasting & MessageEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: Lasting & Fetching) => void): void;
}

interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as Scope;
const PREFIX = `unetpp ${scope.registration.scope} `;
const CACHE = `${PREFIX}${BUILD}`;
/** A folder stands for the page in it. */
const urlOf = (path: string) => new URL(path, scope.registration.scope).href.replace(/(\?.*|index\.html)$/, '');

scope.addEventListener('install', (event) => event.waitUntil(keep(FILES.first)));

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await scope.clients.claim();
    })(),
  );
});

/** The page asks by a message with a port for the rest to be stored, and is told when it can do without a network. */
scope.addEventListener('message', (event) => {
  const [port] = event.ports;
  const work = keep([...FILES.first, ...FILES.later]).then(
    () => port?.postMessage({ kept: FILES.first.length + FILES.later.length }),
    (error: Error) => port?.postMessage({ error: error.message }),
  );
  event.waitUntil(work);
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope.registration.scope)) return;
  event.respondWith(request.mode === 'navigate' ? newest(request) : kept(request));
});

/** Stores files one after another, so that the page's own requests come first; what is stored already is left. */
async function keep(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const path of paths) {
    const url = urlOf(path);
    if (!(await cache.match(url))) await cache.add(new Request(url, { cache: 'no-cache' }));
  }
}

/** A page comes from its host, so that a newer one is seen at once, and without a network from what is stored. */
async function newest(request: Request): Promise<Response> {
  try {
    return withHeaders(await fetch(request));
  } catch (error) {
    const found = await find(request);
    if (found) return found;
    throw error;
  }
}

async function kept(request: Request): Promise<Response> {
  return (await find(request)) ?? withHeaders(await fetch(request));
}

async function find(request: Request): Promise<Response | undefined> {
  const found = await (await caches.open(CACHE)).match(urlOf(request.url));
  return found && withHeaders(found);
}

/**
 * A host that cannot send headers is helped out: what goes through here has them, so that the rules hold in workers, too,
 * and threads can share memory from the second visit on.
 */
function withHeaders(response: Response): Response {
  const missing = Object.keys(HEADERS).filter((name) => !response.headers.has(name));
  if (missing.length === 0 || response.type !== 'basic' || response.status !== 200) return response;
  const headers = new Headers(response.headers);
  for (const name of missing) headers.set(name, HEADERS[name]!);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
