/** Whether several threads can compute together here. */

/** Why only one thread can compute here, in one line for the user; undefined where several can. */
export function whyOneThread(): string | undefined {
  if (!globalThis.crossOriginIsolated) {
    return 'the page is not cross-origin isolated, so one thread computes; serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp (or credentialless)';
  }
  if ('document' in globalThis) {
    return 'the main thread of a page may not wait for others, so one thread computes; make the backend in a worker, as loadModel does';
  }
  return undefined;
}
