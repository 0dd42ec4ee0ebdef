/** A training whose backend is lost, a device or a thread, goes on with a new one, from its last checkpoint. */
import type { Backend } from '../../backend/backend.js';
import { BackendLostError } from '../../backend/lost.js';
import { DeviceLostError } from '../../backend/webgpu/device.js';
import type { RunFolder } from '../../runs/run-folder.js';
import { begunEpoch } from '../../train/checkpoint/resume.js';
import { advised } from '../backend.js';
import { ownCheckpoint } from '../runs/resume.js';
import { createJob, type TrainingJob } from './job.js';
import type { TrainingObserver } from './train-in-folder.js';
import { backendFor } from './workers.js';

/**
 * Does the work of a job. Where its backend is lost, `observer` is told so in one line, and the work is done again with a job
 * that has a new one and resumes from the last checkpoint, or begins again where there is none: with the bits of a
 * training that was never disturbed.
 * @throws BackendLostError where there is no new one, or it is lost, too, before another epoch is done
 */
export async function despiteLoss<T>(
  folder: RunFolder,
  job: TrainingJob,
  observer: TrainingObserver,
  work: (job: TrainingJob) => Promise<T>,
): Promise<T> {
  folder.watch(observer);
  observer.ready?.(job, folder.path);
  const notice = (text: string) => observer.remark?.({ kind: 'notice', text });
  let backend: Backend | undefined;
  let current = job;
  let epochsBefore = -1;
  try {
    for (;;) {
      try {
        return await work(current);
      } catch (error) {
        // Ranks end together; the same command goes on from the last checkpoint.
        if (!(error instanceof BackendLostError) || job.group) throw error;
        const resume = await ownCheckpoint(folder, notice);
        const epochs = resume?.epochs.length ?? 0;
        if (epochs <= epochsBefore) throw advised(error, `${error.reason} twice within an epoch`, FOR_GOOD);
        epochsBefore = epochs;
        // Its threads, which may still compute, are ended before others start.
        current.backend.close();
        backend = await another(job, error);
        current = { ...createJob({ ...job, backend }, job.read), ...(resume && { resume }) };
        const from = resume ? `goes on in epoch ${begunEpoch(resume.checkpoint).epoch}` : 'begins again';
        notice(`${error.reason}; with another one, the training ${from}`);
      }
    }
  } finally {
    backend?.close();
  }
}

/** What to do where it happens again and again. */
const FOR_GOOD = { device: 'update the driver', thread: 'train with one thread (--workers 1)' };

/** A backend like that of a job, which was lost. */
async function another({ config, options, dataset }: TrainingJob, lost: BackendLostError): Promise<Backend> {
  try {
    return await backendFor(config, options, dataset);
  } catch (error) {
    const Lost = lost instanceof DeviceLostError ? DeviceLostError : BackendLostError;
    throw new Lost(`${lost.reason}, and there is no other: ${(error as Error).message}`);
  }
}
