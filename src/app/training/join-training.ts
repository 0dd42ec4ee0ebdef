/** The part in a training of a rank that is not the first: it computes its share, and writes and prints nothing. */
import type { Group } from '../../base/ranks/group.js';
import { trainModel } from '../../train/trainer.js';
import { hearOptions } from './agreement.js';
import { loadJob, planTraining, trainOptionsOf } from './job.js';
import { openData } from './training-data.js';

/**
 * Trains with the others, with the options that rank 0 tells, until it is done or all have agreed to stop.
 * @param signal stops the reading of images where it has reached this rank; the others heed it afterwards
 */
export async function joinTraining(group: Group, signal: AbortSignal): Promise<void> {
  const options = await hearOptions(group);
  if (!options) return;
  const dataset = await openData(options);
  const planned = { ...(await planTraining(options, dataset)), group };
  try {
    const job = await loadJob(planned, {}, signal);
    if (!job) return;
    const { model } = job;
    for await (const _ of trainModel(model, dataset, { ...trainOptionsOf(job), group }));
  } finally {
    planned.backend.close();
  }
}
