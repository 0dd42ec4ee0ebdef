/** The whole network: times, and how close they are to the peak. */
import type { Engine } from './engine.js';
import { type Effort, measureAsync, timeOnce } from './measure.js';
import { Workload, type WorkloadOptions } from './workload.js';

/** First runs, in which programs are compiled, and median times. GFLOP/s are counted as direct convolution, training as three times the forward pass. */
export interface NetworkTimes {
  readonly inferFirstMs: number;
  readonly trainFirstMsPerImage: number;
  /** The milliseconds of one image through all heads. */
  readonly inferMs: number;
  /** The milliseconds of a step of training, divided by its images. */
  readonly trainMsPerImage: number;
  readonly inferGflops: number;
  readonly trainGflops: number;
}

const INFER: Effort = { seconds: 1, samples: 9 };
const TRAIN: Effort = { seconds: 2, samples: 5 };

export async function timeNetwork(options: WorkloadOptions, engine: Engine): Promise<NetworkTimes> {
  const workload = new Workload(options, await engine.createBackend());
  const { operations } = workload;
  const inferFirstMs = await timeOnce(() => workload.infer());
  const inferMs = await measureAsync(() => workload.infer(), INFER);
  const trainFirstMsPerImage = (await timeOnce(() => workload.train())) / options.batch;
  const trainMsPerImage = (await measureAsync(() => workload.train(), TRAIN)) / options.batch;
  return {
    inferFirstMs,
    trainFirstMsPerImage,
    inferMs,
    trainMsPerImage,
    inferGflops: operations / inferMs / 1e6,
    trainGflops: (3 * operations) / trainMsPerImage / 1e6,
  };
}
