/** A worker that makes backends by name, as the application does in a page. */
import type * as node from '../../../src/platform/node/backends.js';
import * as web from '../../../src/platform/web/backends.js';
import { answer } from './answer.js';
import { probabilities, trainedWeights } from './small-work.js';

/** The application is compiled against the types of Node's. */
const { createBackend }: Pick<typeof node, 'createBackend'> = web;

answer({
  prepare: (threads: number) => web.prepareBackends({ threads, urls: { thread: '/thread.js' } }),
  /** One backend after the other, each of which is closed: as the runs of a study are. */
  async trained(times: number, threads: number, workers: number) {
    const found: string[] = [];
    for (let k = 0; k < times; k++) {
      const backend = createBackend('wasm', { threads, workers });
      found.push(`${backend.name}, ${backend.concurrentPrograms} workers: ${await trainedWeights(backend)}`);
      backend.close();
    }
    return found;
  },
  create: (name: 'wasm', options: { threads?: number; relaxed?: boolean }) => createBackend(name, options).name,
  reference: () => createBackend('reference').name,
  async gpu() {
    // The check of all kernels takes a minute on the software adapter of a browser.
    const backend = await createBackend('webgpu', { check: false });
    const [found] = await probabilities(backend);
    backend.close();
    return { name: backend.name, found };
  },
});
