/** A network with its weights and its card: all that a prediction on a raw image needs. */
import type { Backend, Values } from '../backend/backend.js';
import type { NdArray } from '../backend/run.js';
import { checkCount } from '../base/checks.js';
import { InputError } from '../base/errors.js';
import { show } from '../base/show.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import type { Size } from '../image/frame.js';
import type { Image } from '../image/image.js';
import { checkedSource, type ReadableImage } from '../image/image-source.js';
import type { InferenceGraph, InferenceSize } from '../infer/inference.js';
import { type Instances, instancesOf } from '../infer/instances.js';
import { type MaskRule, masksOf } from '../infer/masks.js';
import { type Bands, joinBands } from '../infer/own-size.js';
import type { Prediction } from '../infer/prediction.js';
import { DEFAULT_BATCH, Predictor } from '../infer/predictor.js';
import type { TilePlan, Tiling } from '../infer/tiles.js';
import type { Tta } from '../infer/tta.js';
import { type ModelConfig, parseConfig } from '../network/config.js';
import { type Initialisation, initialise } from '../network/initialisation.js';
import { type Mode, type Output, outputOf, outputsOf } from '../network/mode.js';
import { recordSquare } from '../network/network.js';
import { ParameterStore } from '../network/parameters.js';
import { BLANK_CARD, type ModelCard } from './card.js';
import { type MaskOptions, maskRuleOf } from './postprocessing.js';
import { resolveMode } from './recommendation.js';

export interface PredictOptions {
  /** How the heads are used; 'auto' is the recommended mode, see `compareModes`. Default: 'accurate', their mean. */
  readonly mode?: Mode | 'auto';
  /** How many images of one size, or tiles of an image, are computed at once; memory grows with it. Default: 4. */
  readonly batch?: number;
  /** How images are tiled where they keep their own size. Default: 'auto', where they are large. */
  readonly tiling?: Tiling;
  /**
   * Over which copies of an image the prediction is averaged: 'none', 'flips' (4 copies) or 'dihedral' (8), which takes as
   * many times as long and no more memory of the backend. The thresholds of a model were chosen without, unless
   * `chooseThresholds` was told. Default: 'none'.
   */
  readonly tta?: Tta;
}

/**
 * A model is a configuration, the parameters that belong to it, and a card. Nothing can be assigned to it: training
 * changes the values of the parameters in place, and a new card is adopted as one value.
 */
export class Model {
  readonly #predictor: Predictor;
  #card: ModelCard;

  /** Makes a model of existing parameters. Callers use `createModel`, `decodeModel` or `importTorch`. */
  constructor(
    readonly config: ModelConfig,
    readonly parameters: ParameterStore,
    card: ModelCard = BLANK_CARD,
  ) {
    this.#predictor = new Predictor(config, parameters);
    this.#card = Object.freeze({ ...card });
    // A script that sets `thresholds` on the model instead of in its card gets an error.
    Object.freeze(this);
  }

  /** The backend that holds the parameters and computes predictions. */
  get backend(): Backend {
    return this.parameters.backend;
  }

  /** What describes the model beside its network and its weights. It is stored in the model's file. */
  get card(): ModelCard {
    return this.#card;
  }

  /**
   * Replaces the card as a whole. What is to stay is taken over from the old one:
   *
   *     model.adopt({ ...model.card, thresholds: thresholdsOf(await chooseThresholds(model, dataset)) });
   */
  adopt(card: ModelCard): void {
    this.#card = Object.freeze({ ...card });
  }

  /**
   * Predicts the probabilities [height,width,classes] of an image, at its own size. The image is brought to the
   * network's channels, range and size and padded by reflection where 2^depth does not divide it; the answer is cropped
   * and resized back.
   * @throws InputError for an image that does not fit, or a mode that the model does not have
   */
  async predict(image: Image, options: PredictOptions = {}): Promise<Prediction> {
    return (await this.predictBatch([image], options))[0]!;
  }

  /** Predicts several images as `predict` does; neighbours that the network sees at one size are computed together. */
  async predictBatch(images: readonly Image[], options: PredictOptions = {}): Promise<Prediction[]> {
    if (!Array.isArray(images)) throw new InputError(`predict: expected a list of images, got ${show(images)}`);
    const predictions: Prediction[] = [];
    for await (const bands of this.#bandsOfEach(images, options)) {
      predictions.push((await joinBands(bands, images[predictions.length]!))[0]!);
    }
    return predictions;
  }

  /**
   * Predicts the mask of an image: 0 or 1 for each pixel, or its class, by the threshold and the postprocessing of the
   * model unless others are given. The probabilities of a large image are never there as a whole.
   * @throws InputError as `predict` does, and for a postprocessing that is none
   */
  async predictMask(image: ReadableImage, options: PredictOptions & MaskOptions = {}): Promise<Image<Uint8Array>> {
    const [mask] = await masksOf(this.bands(image, options), image, [this.#maskRule(options)]);
    return mask!;
  }

  /**
   * Predicts the mask of an image as `predictMask` does, with its single objects, numbered and measured.
   * @throws InputError as `predictMask` does
   */
  async predictInstances(image: ReadableImage, options: PredictOptions & MaskOptions = {}): Promise<Instances> {
    return instancesOf(this.bands(image, options), image, this.#maskRule(options));
  }

  #maskRule({ mode = 'accurate', ...options }: PredictOptions & MaskOptions): MaskRule {
    return maskRuleOf(this, resolveMode(mode, this), options);
  }

  /**
   * The probabilities of an image at its own size from top to bottom, in bands as wide as the image: those of a large
   * image are never there as a whole, and of an `ImageSource` that is tiled its pixels neither. Each band is the list of
   * one prediction.
   * @throws InputError as `predict` does
   */
  async *bands(image: ReadableImage, options: PredictOptions = {}): AsyncGenerator<readonly Prediction[], void, void> {
    for await (const bands of this.#bandsOfEach([image], options)) yield* bands;
  }

  /**
   * How an image is tiled that the network sees at its own size, which is this one; see `TilePlan`.
   * @returns undefined where it is computed as a whole
   * @throws InputError for tiles that are too small for the network
   */
  tiles(
    size: Size,
    outputs: readonly Output[],
    options: Pick<PredictOptions, 'batch' | 'tiling'> = {},
  ): TilePlan | undefined {
    const { batch = DEFAULT_BATCH, tiling = 'auto' } = options;
    return this.#predictor.tiles(size, outputs, { batch, tiling });
  }

  #bandsOfEach(images: readonly ReadableImage[], options: PredictOptions): AsyncGenerator<Bands, void, void> {
    const { batch = DEFAULT_BATCH, tiling = 'auto', tta = 'none' } = options;
    checkCount(batch, 'predict: batch');
    const mode = resolveMode(options.mode ?? 'accurate', this);
    const sources = images.map((image) => checkedSource(image, 'predict'));
    const { preprocessing } = this.card;
    return this.#predictor.predict(sources, outputOf(mode, this.config), { preprocessing, batch, tiling, tta });
  }

  /**
   * Predicts images that are as the network reads them: its channels, values in its range, all of one size, whatever it
   * is. Nothing is resized; images are padded and the answers cropped where needed.
   */
  async probabilities(images: readonly Image<Float32Array>[], mode: Mode, tta: Tta = 'none'): Promise<Prediction[]> {
    return (await this.#predictor.probabilities(images, [outputOf(mode, this.config)], tta))[0]!;
  }

  /**
   * Predicts the probabilities of every head and of their mean in one pass, for images as `probabilities` takes them.
   * @returns for each output, in the order of `outputsOf`, the predictions of all images
   */
  heads(images: readonly Image<Float32Array>[], tta: Tta = 'none'): Promise<Prediction[][]> {
    return this.#predictor.probabilities(images, outputsOf(this.config), tta);
  }

  /**
   * Computes the logits of every head, shallowest first, each [N,H,W,classes].
   * @param x images [N,H,W,inChannels] as the network reads them; H and W multiples of 2^depth
   * @throws InputError for another shape
   */
  async logits(x: NdArray): Promise<Values[]> {
    const { shape, data } = Object(x) as Partial<NdArray>;
    const [batch = 0, height = 0, width = 0, channels] = Array.isArray(shape) ? shape : [];
    const isShape = Array.isArray(shape) && shape.length === 4 && shape.every((side) => Number.isSafeInteger(side));
    if (!isShape || channels !== this.config.inChannels) {
      throw new InputError(`logits: x must be [batch,height,width,${this.config.inChannels}], got ${show(shape)}`);
    }
    const isList = Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));
    if (!isList || data.length !== sizeOf(shape)) {
      const found = isList ? `its data holds ${data.length}` : `its data is ${show(data)}`;
      throw new InputError(`logits: ${formatShape(shape)} takes ${sizeOf(shape)} values, ${found}`);
    }
    return this.#predictor.run('logits', { batch, height, width }, data);
  }

  /** Returns the graph that a prediction in this mode computes. It is recorded once; see `predictionCost`. */
  record(mode: Mode, size: InferenceSize): InferenceGraph {
    return this.#predictor.record([outputOf(mode, this.config)], size);
  }

  /**
   * Gives the model's memory back to its backend, where it is used for other models; this one cannot be used any more.
   * Without it, the memory goes with the backend.
   */
  free(): void {
    this.#predictor.free();
    this.parameters.free();
  }
}

export interface CreateModelOptions {
  readonly backend: Backend;
  /** The seed of the initial values. Default: 1. */
  readonly seed?: number;
  /** How the initial values are drawn. Default: 'he-normal'. */
  readonly initialisation?: Initialisation;
  /**
   * The share of each class in the images that the model is to be trained on, the background first; see `classShares`. The
   * heads begin with it as their answer. Default: unknown.
   */
  readonly classShares?: readonly number[];
}

/**
 * Makes a model with initial values.
 * @param config fields left out take the defaults of `defaultConfig`
 * @throws InputError for a field that is not allowed
 */
export function createModel(config: Partial<ModelConfig>, options: CreateModelOptions): Model {
  const { backend, seed = 1, initialisation = 'he-normal', classShares } = options;
  const parsed = parseConfig(config, 'createModel');
  checkShares(classShares, parsed);
  const parameters = new ParameterStore(recordSquare(parsed), backend);
  initialise(parameters, initialisation, seed, classShares);
  return new Model(parsed, parameters);
}

/** @throws InputError unless there is a share from 0 to 1 of each class */
function checkShares(shares: readonly number[] | undefined, { classes }: ModelConfig): void {
  const count = Math.max(2, classes);
  const isList = Array.isArray(shares) && shares.length === count && shares.every((share) => share >= 0 && share <= 1);
  if (shares === undefined || isList) return;
  throw new InputError(
    `createModel: classShares is ${show(shares)}, expected ${count} numbers from 0 to 1, the background first`,
  );
}
