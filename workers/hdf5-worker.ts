/** The thread of the HDF5 library in Node: reads the files that are posted, see src/platform/node/hdf5/thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Hdf5Request, readFields } from '../src/platform/node/hdf5/fields.js';

parentPort!.on('message', async (request: Hdf5Request) => {
  const answer = await readFields(workerData as string, request);
  const values = 'fields' in answer ? Object.values(answer.fields).map((field) => field.values.buffer) : [];
  parentPort!.postMessage(answer, values);
});
