/** A training whose device is lost goes on with a new one, from its last checkpoint. */
import type { Backend } from '../../backend/backend.js';
import { DeviceLostError } from '../../backend/webgpu/device.js';
import type { RunFolder } from '../../runs/run-folder.js';
import { begunEpoch } from '../../train/checkpoint/resume.js';
import { advised } from '../backend.js';
import { ownCheckpoint } from '../runs/resume.js';
import { createJob, type TrainingJob } from './job.js';
import type { TrainingObserver } from './train-in-folder.js';
import { backendFor } from './workers.js';

/**
 * Does the work of a job. Where its device is lost, `observer` is told so in one line, and the work is done again with a job
 * that has a new device and resumes from the last checkpoint, or begins again where there is none: with the bits of a
 * training that was never disturbed.
 * @throws DeviceLostError where there is no new device, or it is lost, too, before another epoch is done
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
        if (!(error instanceof DeviceLostError) || job.group) throw error;
        const resume = await ownCheckpoint(folder, notice);
        const epochs = resume?.epochs.length ?? 0;
        if (epochs <= epochsBefore) throw advised(`${error.message} twice within an epoch`, 'update the driver');
        epochsBefore = epochs;
        backend?.close();
        backend = await another(job, error);
        current = { ...createJob({ ...job, backend }, job.read), ...(resume && { resume }) };
        const from = resume ? `goes on in epoch ${begunEpoch(resume.checkpoint).epoch}` : 'begins again';
        notice(`${error.message}; with another one, the training ${from}`);
      }
    }
  } finally {
    backend?.close();
  }
}

/** A backend like that of a job, whose device was lost. */
async function another({ config, options, dataset }: TrainingJob, lost: DeviceLostError): Promise<Backend> {
  try {
    return await backendFor(config, options, dataset);
  } catch (error) {
    throw new DeviceLostError(`${lost.message}, and there is no other: ${(error as Error).message}`);
  }
}
