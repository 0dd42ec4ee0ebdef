/** The model card: what describes a model beside its network and its weights, and is stored in its file. */
import type { Preprocessing } from '../image/prepare.js';
import type { Postprocessings } from './postprocessing.js';
import type { Recommendation } from './recommendation.js';
import type { Thresholds } from './threshold.js';

/** What a model was trained on and how it did: JSON for people, which no computation reads. */
export type TrainingSummary = Readonly<Record<string, unknown>>;

/** What describes a model. It is one value, which `Model.adopt` replaces as a whole and nothing changes in parts. */
export interface ModelCard {
  /** How an image becomes what the network reads. Training sets it. */
  readonly preprocessing: Preprocessing;
  /** The thresholds that `chooseThresholds` found; see `thresholdOf`. */
  readonly thresholds: Thresholds;
  /** What `choosePostprocessing` found to help; see `maskRuleOf`. It is absent where nothing was chosen. */
  readonly postprocessing?: Postprocessings | undefined;
  /** What `compareModes` found: the mode 'auto'. It is absent where no modes were compared. */
  readonly recommendation?: Recommendation | undefined;
  /**
   * The names of the classes 1, 2, … without the background. Training takes them from the data set; they are absent where
   * that only numbers its classes.
   */
  readonly classNames?: readonly string[] | undefined;
  /** How the model was trained. It is absent where the model was not trained here. */
  readonly training?: TrainingSummary | undefined;
}

/** The card of a model of which nothing is known yet. */
export const BLANK_CARD: ModelCard = { preprocessing: { normalisation: 'range' }, thresholds: {} };
