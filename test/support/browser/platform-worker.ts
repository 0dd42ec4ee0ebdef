/** A worker that makes backends by name, as the application does in a page. */
import type * as node from '../../../src/platform/node/backends.js';
import * as web from '../../../src/platform/web/backends.js';
import { createWebBackend } from '../../../src/web.js';
import { answer } from './answer.js';
import { probabilities, trainedWeights } from './small-work.js';

/** The application is compiled against the types of Node's. */
const { backends, createBackend }: Pick<typeof node, 'backends' | 'createBackend'> = web;

answer({
  prepare: (threads: number) => web.prepareBackends({ threads, urls: { thread: '/thread.js' } }),
  names: () => [...backends],
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
    const backend = await createWebBackend({ backend: 'webgpu', urls: { thread: '/thread.js' } });
    const [found] = await probabilities(backend);
    backend.close();
    return { name: backend.name, found };
  },
});
