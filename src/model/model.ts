/** A network with its values and all that a prediction on a raw image needs. */
import type { Backend, Values } from '../backend/backend.js';
import type { NdArray } from '../backend/run.js';
import { checkCount } from '../base/checks.js';
import { InputError } from '../base/errors.js';
import type { Image } from '../base/image.js';
import { show } from '../base/show.js';
import { formatShape, sizeOf } from '../graph/shape.js';
import { checkImage } from '../image/channels.js';
import { pack } from '../image/pack.js';
import { cropBack, padReflect } from '../image/pad.js';
import { compileInference, type Inference, type InferenceOutput } from '../infer/inference.js';
import type { Prediction } from '../infer/prediction.js';
import { networkSize, type Preprocessing, prepare, resizePrediction } from '../infer/preprocessing.js';
import { type ModelConfig, parseConfig } from '../network/config.js';
import { type Initialisation, initialise } from '../network/initialisation.js';
import { levelsOfMode, type Mode } from '../network/mode.js';
import { listParameters, ParameterStore } from '../network/parameters.js';
import { type Recommendation, resolveMode } from './recommendation.js';
import type { Thresholds } from './threshold.js';

/** What a model was trained on and how it did: JSON for people, which no computation reads. */
export type TrainingSummary = Readonly<Record<string, unknown>>;

export interface PredictOptions {
  /** 'auto': the recommended one, see `compareModes`. Default: 'accurate', the mean of the heads. */
  readonly mode?: Mode | 'auto';
  /** How many images of one size are computed at once; memory grows with it. Default: 4. */
  readonly batch?: number;
}

/** Compiled networks that are kept, one for each output, batch and size in use. */
const PROGRAMS = 8;

export class Model {
  readonly parameters: ParameterStore;
  /** Training sets it; it is stored with the model. */
  preprocessing: Preprocessing = { normalisation: 'range' };
  /** What `chooseThresholds` found, to be stored with the model; see `thresholdOf`. */
  thresholds: Thresholds = {};
  /** What `compareModes` found, to be stored with the model: the mode 'auto'. */
  recommendation: Recommendation | undefined;
  training: TrainingSummary | undefined;
  readonly #programs = new Map<string, Inference>();

  /** All parameters zero; see `createModel` and `decodeModel`. */
  constructor(
    readonly config: ModelConfig,
    readonly backend: Backend,
  ) {
    this.parameters = new ParameterStore(listParameters(config), backend);
  }

  /**
   * The probabilities at the image's own size. The image is brought to the network's channels, range and size, padded
   * by reflection where 2^depth does not divide it, and the answer is cropped and resized back.
   * @throws InputError for an image that does not fit, or a mode that the model does not have
   */
  async predict(image: Image, options: PredictOptions = {}): Promise<Prediction> {
    return (await this.predictBatch([image], options))[0]!;
  }

  /** `predict` of several images; neighbours that the network sees at the same size are computed together. */
  async predictBatch(images: readonly Image[], options: PredictOptions = {}): Promise<Prediction[]> {
    const { batch = 4 } = options;
    checkCount(batch, 'predict: batch');
    const mode = resolveMode(options.mode ?? 'accurate', this);
    if (!Array.isArray(images)) throw new InputError(`predict: expected a list of images, got ${show(images)}`);
    for (const image of images) checkImage(image, 'predict');
    const sizes = images.map((image) => networkSize(image, this.preprocessing));
    const predictions: Prediction[] = [];
    while (predictions.length < images.length) {
      const start = predictions.length;
      const { width, height } = sizes[start]!;
      const differs = (size: { width: number; height: number }) => size.width !== width || size.height !== height;
      const run = sizes.slice(start, start + batch).findIndex(differs);
      const group = images.slice(start, start + (run < 0 ? batch : run));
      const prepared = group.map((image) => prepare(image, this.config, this.preprocessing));
      for (const [k, prediction] of (await this.probabilities(prepared, mode)).entries()) {
        predictions.push(resizePrediction(prediction, group[k]!.width, group[k]!.height));
      }
    }
    return predictions;
  }

  /**
   * The probabilities of images that are what the network reads: its channels, values in [0, 1], all of one size, any
   * size. No resizing; padding and cropping where needed.
   */
  async probabilities(images: readonly Image<Float32Array>[], mode: Mode): Promise<Prediction[]> {
    const { classes } = this.config;
    const multiple = 2 ** levelsOfMode(mode, this.config).at(-1)!;
    const padded = images.map((image) => padReflect(image, multiple));
    const { width, height } = padded[0]!.image;
    const inference = this.#inference(mode, images.length, height, width);
    const [probs] = (await inference.run(pack(padded.map(({ image }) => image)))) as [Values];
    const length = width * height * classes;
    return padded.map((place, k) => {
      const data = new Float32Array(probs.subarray(k * length, (k + 1) * length));
      const original = images[k]!;
      const cropped = cropBack({ width, height, channels: classes, data }, place, original.width, original.height);
      return { width: original.width, height: original.height, classes, probs: cropped.data };
    });
  }

  /**
   * The logits of every head, shallowest first, each [N,H,W,classes].
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
    return this.#inference('logits', batch, height, width).run(data);
  }

  /**
   * Gives the model's memory back to its backend, where it is used for other models; this one cannot be used any more.
   * Without it, the memory goes with the backend.
   */
  free(): void {
    for (const inference of this.#programs.values()) inference.free();
    this.#programs.clear();
    this.parameters.free();
  }

  #inference(output: InferenceOutput, batch: number, height: number, width: number): Inference {
    const key = `${output} ${batch}x${height}x${width}`;
    const inference = this.#programs.get(key) ?? compileInference(this, output, { batch, height, width });
    // A map keeps the order of insertion: what was used longest ago comes first, and goes first.
    this.#programs.delete(key);
    this.#programs.set(key, inference);
    if (this.#programs.size > PROGRAMS) {
      const [oldest, unused] = this.#programs.entries().next().value!;
      this.#programs.delete(oldest);
      unused.free();
    }
    return inference;
  }
}

export interface CreateModelOptions {
  readonly backend: Backend;
  /** Of the initial values; default 1. */
  readonly seed?: number;
  /** Default: 'he-normal'. */
  readonly initialisation?: Initialisation;
}

/**
 * A new model with initial values.
 * @param config fields left out take the defaults of `defaultConfig`
 * @throws InputError for a field that is not allowed
 */
export function createModel(config: Partial<ModelConfig>, options: CreateModelOptions): Model {
  const { backend, seed = 1, initialisation = 'he-normal' } = options;
  const model = new Model(parseConfig(config, 'createModel'), backend);
  initialise(model.parameters, initialisation, seed);
  return model;
}
