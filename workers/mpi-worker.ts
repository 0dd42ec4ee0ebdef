/** The thread that calls MPI in Node: see src/platform/node/mpi/thread.ts. */
import { workerData } from 'node:worker_threads';
import { findMpi, startMpi } from '../src/platform/node/mpi/library.js';
import type { ThreadData } from '../src/platform/node/mpi/link.js';
import { type News, serve } from '../src/platform/node/mpi/thread.js';

const { port, bell, koffi: url, libraries } = workerData as ThreadData;
const tell = (news: News) => port.postMessage(news);
try {
  const { default: koffi } = await import(url);
  const found = findMpi(koffi, libraries);
  if (found) {
    const mpi = startMpi(koffi, found);
    tell({ kind: 'started', rank: mpi.rank, size: mpi.size, name: mpi.name });
    serve(mpi, port, bell);
  } else tell({ kind: 'missing' });
} catch (error) {
  tell({ kind: 'failed', message: (error as Error).message });
}
