/** The losses that a training computes, reports and stores in checkpoints. */

/** The losses of some images: of a micro-batch, a mini-batch or an epoch. */
export interface Losses {
  /** The weighted mean of the heads. */
  readonly total: number;
  /** The loss of each head, shallowest first. */
  readonly heads: readonly number[];
}
