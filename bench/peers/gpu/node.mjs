/** The contest in Node, on Dawn: no browser is needed, and the time of the processor can be read. */
import { pathToFileURL } from 'node:url';
import { create, globals } from 'webgpu';
import { bundleContest } from './bundle.mjs';

/** Held for good, as devices end with it. */
const gpu = create([]);

export async function openNode(options) {
  Object.assign(globalThis, globals);
  // For TensorFlow.js, which asks where it runs, a worker of a page.
  Object.assign(globalThis, { WorkerGlobalScope: class {} });
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  const { Contest } = await import(pathToFileURL(await bundleContest()).href);
  const contest = new Contest();
  const adapter = await contest.open(options);
  return {
    ...adapter,
    place: `Node ${process.version}, Dawn`,
    systems: ['unetpp', '@tensorflow/tfjs-backend-webgpu'],
    /** Milliseconds by the clock, and of all threads of this process. */
    async run(name, work) {
      const before = process.cpuUsage();
      const ms = await contest.run(name, work);
      const { user, system } = process.cpuUsage(before);
      return { ms, cpuMs: (user + system) / 1000 };
    },
    close: async () => {},
  };
}
