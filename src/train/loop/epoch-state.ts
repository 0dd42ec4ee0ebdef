/** How far an epoch has come, as plain JSON that a checkpoint holds. */
import type { Losses } from '../step/losses.js';

export interface EpochState {
  /** The number of the epoch, counted from 1. */
  readonly epoch: number;
  /** How many mini-batches are done. */
  readonly steps: number;
  /** How many images are done. */
  readonly images: number;
  /** The sums of the losses over these images. */
  readonly losses: Losses;
}

/** The state of an epoch before its first mini-batch. */
export function beginEpoch(epoch: number, heads: number): EpochState {
  return { epoch, steps: 0, images: 0, losses: { total: 0, heads: Array<number>(heads).fill(0) } };
}

/** The state with the losses of one more micro-batch of `count` images, which are means over these. */
export function withLosses(state: EpochState, losses: Losses, count: number): EpochState {
  const { total, heads } = state.losses;
  const sum = {
    total: total + losses.total * count,
    heads: heads.map((head, k) => head + losses.heads[k]! * count),
  };
  return { ...state, images: state.images + count, losses: sum };
}

/** The mean losses over the images that are done. */
export function meanLosses({ images, losses: { total, heads } }: EpochState): Losses {
  return { total: total / images, heads: heads.map((loss) => loss / images) };
}
