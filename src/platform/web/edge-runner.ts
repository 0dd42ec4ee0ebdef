/** What exports for the edge are made of, as the site serves it: the kernels, and the runner. */
import { InputError } from '../../base/errors.js';
import type { EdgeRunner } from '../edge-runner.js';
import { kernelsUrl } from './urls.js';

/** The addresses are looked up when they are asked for: not every bundle knows its own. */
const urls = () => ({
  'runner.js': new URL('../../../../edge/runner.js', import.meta.url),
  'run.mjs': new URL('../../../../edge/run.mjs', import.meta.url),
});

/** The text of the runner's files, by name. */
export async function readEdgeRunner(): Promise<Record<string, Uint8Array>> {
  const files = Object.entries(urls()).map(async ([name, url]) => [name, await load(url)] as const);
  return Object.fromEntries(await Promise.all(files));
}

/** Loads the runner as it is copied into exports. */
export async function loadEdgeRunner(): Promise<EdgeRunner> {
  await import(urls()['runner.js'].href);
  return (globalThis as unknown as { unetppEdge: EdgeRunner }).unetppEdge;
}

/** The kernels that exports are cut down from. */
export function readEdgeKernels(): Promise<Uint8Array<ArrayBuffer>> {
  return load(new URL(kernelsUrl({}), location.href));
}

/** @throws InputError where the site does not serve a file, or is offline before it has kept it */
async function load(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return new Uint8Array(await response.arrayBuffer());
  throw new InputError(`${url.href}: cannot be loaded; reload the page while you are online`);
}
