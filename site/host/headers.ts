/** What a host says with the files of the page: to send nothing anywhere, to share memory between threads, how long to keep a file. */

/** Where the files are whose names hold a digest of their content. */
export const HASHED = 'assets/';

/**
 * The rules on what the page loads and where it sends: all of it is of its own host. `wasm-unsafe-eval` allows WebAssembly
 * to be compiled and nothing else.
 */
const policy = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'img-src': "'self' blob: data:",
  'style-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
};

const rules = Object.entries(policy).map(([name, sources]) => `${name} ${sources}`);

/** The policy as a meta element states it, which some rules have no effect in. */
export const metaPolicy = rules.join('; ');

/** What makes memory that threads share available to a page. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const privacy = {
  'Content-Security-Policy': [...rules, "frame-ancestors 'none'"].join('; '),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  'X-Content-Type-Options': 'nosniff',
};

/** The headers of every file. */
export function pageHeaders(isolated = true): Readonly<Record<string, string>> {
  return { ...privacy, ...(isolated ? isolation : {}) };
}

/** How long browsers keep a file: for ever where its name changes with its content, else until they have asked again. */
export function cacheControl(path: string): string {
  return path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** The file `_headers`, by which hosts such as Netlify and Cloudflare Pages take these headers over. */
export function headersFile(): string {
  const lines = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  const hashed = { 'Cache-Control': cacheControl(HASHED) };
  return ['/*', ...lines(pageHeaders()), `/${HASHED}*`, ...lines(hashed), ''].join('\n');
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
  png: 'image/png',
  webmanifest: 'application/manifest+json',
  md: 'text/plain; charset=utf-8',
};

/** The type of a file by its ending. */
export function mimeType(path: string): string {
  return types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}
