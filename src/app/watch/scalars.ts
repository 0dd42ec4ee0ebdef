/** The numbers that are drawn of a training, by names that TensorBoard and MLflow show. */
import type { StepReport } from '../../train/observer.js';
import type { EpochReport } from '../../train/report.js';

/** The name under which the events of an epoch have its number. */
export const EPOCH = 'epoch';

export type Scalars = readonly (readonly [name: string, value: number])[];

/** The numbers of a step; `heads` names the heads, shallowest first. */
export function stepScalars(
  { loss, heads: losses, learningRate, gradientNorm }: StepReport,
  heads: readonly string[],
): Scalars {
  return [
    ['step/loss', loss],
    ...(heads.length > 1 ? heads.map((head, k) => [`step/loss_${head}`, losses[k]!] as const) : []),
    ['step/learning_rate', learningRate],
    ['step/gradient_norm', gradientNorm],
  ];
}

/** The numbers of an epoch. */
export function epochScalars({ epoch, training, validation, learningRate, imagesPerSecond }: EpochReport): Scalars {
  const several = validation.heads.length > 1;
  const ofHeads = several ? validation.heads : [];
  return [
    [EPOCH, epoch],
    ['loss/training', training.total],
    ...ofHeads.map(({ head }, k) => [`loss/training_${head}`, training.heads[k]!] as const),
    ['loss/validation', validation.loss],
    ['dice/validation', validation.dice],
    ...ofHeads.map(({ head, dice }) => [`dice/validation_${head}`, dice] as const),
    ['iou/validation', validation.iou],
    ...ofHeads.map(({ head, iou }) => [`iou/validation_${head}`, iou] as const),
    ['learning_rate', learningRate],
    ['images_per_second', imagesPerSecond],
  ];
}
