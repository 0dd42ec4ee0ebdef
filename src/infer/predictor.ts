/**
 * The one path from images to predictions:
 *
 *     image  →  prepare        its channels, values and size as the network reads them     preprocessing.ts
 *            →  Batch          padded and packed with others of its size                   batch.ts
 *            →  Inference      computed: the probabilities of some heads, or of their mean  inference.ts
 *            →  Batch          unpacked and cropped; the mean over the copies of an image   tta.ts
 *            →  ownBands       the probabilities at the image's own size, band by band     own-size.ts
 *            →  masksOf        masks, by a threshold and a postprocessing                  masks.ts
 *
 * Tiles of a large image are images of one size, too: reading them where they lie (parts.ts) and putting them together
 * (tiles.ts) goes around `probabilities`.
 */
import type { Values } from '../backend/backend.js';
import { LruCache } from '../base/lru-cache.js';
import type { Size } from '../image/frame.js';
import type { Image } from '../image/image.js';
import type { ImageSource } from '../image/image-source.js';
import { frameOf, type Preprocessing } from '../image/prepare.js';
import { wholeWindow } from '../image/window.js';
import type { ModelConfig } from '../network/config.js';
import type { Output } from '../network/mode.js';
import type { ParameterStore } from '../network/parameters.js';
import { Batch } from './batch.js';
import {
  computingBytes,
  deepestLevel,
  Inference,
  type InferenceGraph,
  type InferenceOutputs,
  type InferenceSize,
  recordInference,
} from './inference.js';
import { type Bands, fromFrame, ownBands } from './own-size.js';
import { openParts } from './parts.js';
import type { Prediction } from './prediction.js';
import { networkSize, prepare } from './preprocessing.js';
import { planTiles, type TilePlan, type Tiling, tiledBands, windowOf } from './tiles.js';
import { averaged, type Tta } from './tta.js';

/** How many images of one size are computed at once by default. */
export const DEFAULT_BATCH = 4;

/** How images are predicted. */
export interface PredictorOptions {
  readonly preprocessing: Preprocessing;
  /** How many neighbours that the network sees at the same size are computed at once, and how many tiles of an image. */
  readonly batch: number;
  readonly tiling: Tiling;
  /** Over which copies of an image, or of a tile, is averaged. */
  readonly tta: Tta;
}

/** How many compiled networks are kept; each holds memory of its backend. */
const PROGRAMS = 8;
/** How many recorded networks are kept. They are small, and a folder is often surveyed before it is predicted. */
const GRAPHS = 64;

/** Predicts with a network. It keeps the programs that it compiles for each size of image. */
export class Predictor {
  readonly #graphs = new LruCache<InferenceGraph>(GRAPHS);
  readonly #programs = new LruCache<Inference>(PROGRAMS, (inference) => inference.free());

  constructor(
    readonly config: ModelConfig,
    readonly parameters: ParameterStore,
  ) {}

  /**
   * The probabilities of one output at the own size of each image: for one image after the other its bands, which are to
   * be gone through before the next.
   * @throws InputError for an image that does not fit, or tiles that do not fit the network
   */
  async *predict(
    images: readonly ImageSource[],
    output: Output,
    { preprocessing, batch, tiling, tta }: PredictorOptions,
  ): AsyncGenerator<Bands, void, void> {
    for (const group of neighbours(images, preprocessing, batch)) {
      const [first] = group;
      const seen = networkSize(first!, preprocessing);
      const plan = preprocessing.size === undefined && this.tiles(seen, [output], { batch, tiling });
      if (plan) {
        for (const image of group) yield this.#tiled(image, output, { preprocessing, tta }, plan);
        continue;
      }
      const prepared: Image<Float32Array>[] = [];
      for (const image of group) {
        prepared.push(prepare(await image.read(wholeWindow(image)), this.config, preprocessing));
      }
      const [predictions] = await this.probabilities(prepared, [output], tta);
      for (const [k, image] of group.entries()) {
        yield ownBands([predictions![k]!], frameOf(image, preprocessing), image);
      }
    }
  }

  /**
   * How an image that keeps its own size is tiled.
   * @param size the size at which the network sees it
   * @returns undefined where it is computed as a whole
   * @throws InputError for tiles that are too small for the network
   */
  tiles(
    size: Size,
    outputs: readonly Output[],
    { batch, tiling }: Pick<PredictorOptions, 'batch' | 'tiling'>,
  ): TilePlan | undefined {
    const { config, parameters } = this;
    const bytesOf = (count: number, { width, height }: Size) => {
      return computingBytes(this.record(outputs, { batch: count, width, height }), parameters.backend);
    };
    return planTiles(size, { config, level: deepestLevel(config, outputs), tiling, batch, bytesOf });
  }

  /** The bands of an image that is computed by its tiles. */
  async *#tiled(
    image: ImageSource,
    output: Output,
    { preprocessing, tta }: Pick<PredictorOptions, 'preprocessing' | 'tta'>,
    plan: TilePlan,
  ): AsyncGenerator<readonly Prediction[]> {
    const frame = frameOf(image, preprocessing);
    const read = await openParts(image, this.config, preprocessing);
    const bands = tiledBands(frame, plan, async (tiles) => {
      const parts: Image<Float32Array>[] = [];
      for (const tile of tiles) parts.push(await read(windowOf(tile, plan)));
      return this.probabilities(parts, [output], tta);
    });
    yield* fromFrame(bands, frame, image);
  }

  /**
   * The probabilities of images that are as the network reads them, all of one size, any size.
   * @returns for each output the predictions of all images, at their size
   */
  probabilities(images: readonly Image<Float32Array>[], outputs: readonly Output[], tta: Tta): Promise<Prediction[][]> {
    const multiple = 2 ** deepestLevel(this.config, outputs);
    return averaged(images[0]!, { tta, multiple }, (move) => this.#computed(images.map(move), outputs, multiple));
  }

  async #computed(
    images: readonly Image<Float32Array>[],
    outputs: readonly Output[],
    multiple: number,
  ): Promise<Prediction[][]> {
    const batch = new Batch(images, multiple);
    const { width, height, data } = batch;
    const values = await this.run(outputs, { batch: images.length, height, width }, data);
    return values.map((probs) => batch.predictions(probs, this.config.classes));
  }

  /**
   * The values of outputs, each [N,H,W,classes].
   * @param images [N,H,W,inChannels] of that size
   */
  run(outputs: InferenceOutputs, size: InferenceSize, images: ArrayLike<number>): Promise<Values[]> {
    const compile = () => new Inference(this.record(outputs, size), this.parameters);
    return this.#programs.get(keyOf(outputs, size), compile).run(images);
  }

  /** The graph that `run` computes, recorded once: what it costs can be read off it before anything is allocated. */
  record(outputs: InferenceOutputs, size: InferenceSize): InferenceGraph {
    const { config, parameters } = this;
    return this.#graphs.get(keyOf(outputs, size), () => recordInference(config, outputs, size, parameters.network));
  }

  /** Gives back the memory of the compiled networks. */
  free(): void {
    this.#programs.clear();
    this.#graphs.clear();
  }
}

function keyOf(outputs: InferenceOutputs, { batch, height, width }: InferenceSize): string {
  return `${outputs} ${batch}x${height}x${width}`;
}

/** The images in their order, cut into groups of at most `batch` that the network sees at one size. */
function* neighbours(
  images: readonly ImageSource[],
  preprocessing: Preprocessing,
  batch: number,
): Generator<ImageSource[]> {
  const sizes = images.map((image) => networkSize(image, preprocessing));
  for (let start = 0, end: number; start < images.length; start = end) {
    const { width, height } = sizes[start]!;
    end = start + 1;
    while (end < start + batch && sizes[end]?.width === width && sizes[end]?.height === height) end++;
    yield images.slice(start, end);
  }
}
