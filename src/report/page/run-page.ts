/** What the page of a run shows, as JSON: the live page and the report are made of it. */

export interface RunPage {
  readonly name: string;
  readonly state: 'running' | 'done' | 'interrupted' | 'failed';
  /** How many epochs the training has at most. */
  readonly of: number;
  readonly epochs: readonly PageEpoch[];
  /** Losses of steps, `at` in epochs; those of this start of the training, thinned out. */
  readonly steps: readonly PageStep[];
  readonly heads: readonly PageHead[];
  readonly progress?: PageProgress;
  readonly picture?: PagePicture;
  /** Tables of facts, each under its heading. */
  readonly facts: readonly {
    readonly title: string;
    readonly rows: readonly (readonly [name: string, value: string])[];
  }[];
}

/** An epoch; numbers that are not finite are null. */
export interface PageEpoch {
  readonly epoch: number;
  readonly best: boolean;
  readonly trainLoss: number | null;
  readonly validationLoss: number | null;
  /** The validation scores of each head, shallowest first, and of their mean. */
  readonly dice: Readonly<Record<string, number | null>>;
  readonly iou: Readonly<Record<string, number | null>>;
  readonly learningRate: number;
  readonly seconds: number;
}

export interface PageStep {
  readonly at: number;
  readonly loss: number | null;
}

/** What a head costs, or the mean of all. */
export interface PageHead {
  readonly name: string;
  readonly parameters: number;
  /** Multiply-adds for an image of the training's size. */
  readonly macs: number;
}

export interface PageProgress {
  readonly text: string;
  /** From 0 to 1, of the whole training. */
  readonly done: number;
  readonly secondsLeft?: number;
  readonly imagesPerSecond?: number;
}

export interface PagePicture {
  readonly title: string;
  readonly src: string;
  readonly width: number;
  readonly height: number;
}
