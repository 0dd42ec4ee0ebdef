/** Loss and scores of a model on labelled images, every head in one pass. */
import type { Values } from '../backend/backend.js';
import { InputError } from '../base/errors.js';
import type { Image } from '../base/image.js';
import type { Dataset } from '../data/dataset.js';
import type { Subset } from '../data/split.js';
import type { Tensor } from '../graph/graph.js';
import { cropBack, padReflect } from '../image/pad.js';
import { checkCount } from '../model/checks.js';
import { depthOf, levelsOf, type ModelConfig } from '../model/config.js';
import { meanOf, probabilities } from '../model/inference.js';
import { levelName, levelsOfMode, type Mode, parseMode } from '../model/mode.js';
import { type Model, pack } from '../model/model.js';
import { type Network, recordNetwork } from '../model/network.js';
import { toMask } from '../model/prediction.js';
import { breathe, chunks, packMasks } from './batches.js';
import { type RecordedLoss, recordLoss } from './loss.js';
import { type Scores, Tally } from './metrics.js';

export interface HeadScores extends Scores {
  /** `L1`, `L2`, … */
  readonly head: string;
}

export interface Evaluation extends Scores {
  readonly images: number;
  /** What the scores are of; those of every head are in `heads`. */
  readonly mode: Mode;
  /** The training objective, the mean over the heads, in evaluation mode. */
  readonly loss: number;
  readonly heads: readonly HeadScores[];
}

export interface EvaluateOptions {
  /** Default: 'validation'. */
  readonly subset?: Subset | 'all';
  /** Default: 'accurate'. */
  readonly mode?: Mode;
  /** Above this probability a pixel is foreground; default 0.5. */
  readonly threshold?: number;
  /** Images computed at once; default 4. */
  readonly batch?: number;
  /** See `recordLoss`. */
  readonly headWeights?: readonly number[] | undefined;
  /** Ends the evaluation with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Scores at the data set's size. Where 2^depth does not divide it, images are padded by reflection and the answers
 * cropped back; the loss is then that of the padded images.
 * @throws InputError for a data set that does not fit the model, an empty subset, or a mode that the model does not have
 */
export async function evaluate(model: Model, dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { subset = 'validation', threshold = 0.5, batch = 4, headWeights, signal, onProgress } = options;
  const { config, backend, parameters } = model;
  checkCount(batch, 'evaluate: batch');
  checkFits(config, dataset);
  if (dataset.normalisation !== model.preprocessing.normalisation) {
    const asked = `open it with the normalisation of the model, "${model.preprocessing.normalisation}"`;
    throw new InputError(`${dataset.source}: images are normalised by "${dataset.normalisation}"; ${asked}`);
  }
  const mode = parseMode(options.mode ?? 'accurate', config);
  const names = namesOf(dataset, subset);
  const multiple = 2 ** depthOf(config);
  const size = Math.ceil(dataset.size / multiple) * multiple;
  const compile = (count: number) => {
    const graph = recordEvaluation(config, count, size, headWeights);
    return { graph, program: backend.compile(graph.outputs, parameters.bind(graph.network), { constant: true }) };
  };
  const compiled = new Map<number, ReturnType<typeof compile>>();

  const levels = levelsOf(config);
  const tallies = [...levels, 'mean'].map(() => new Tally(config.classes));
  let loss = 0;
  let done = 0;
  for (const chunk of chunks(names, batch)) {
    const samples = await Promise.all(chunk.map((name) => dataset.load(name)));
    signal?.throwIfAborted();
    const { graph, program } = compiled.get(samples.length) ?? compile(samples.length);
    compiled.set(samples.length, { graph, program });
    const targets = samples.map(({ mask }) => padReflect(mask, multiple));
    program.write(graph.network.input, pack(samples.map(({ image }) => padReflect(image, multiple).image)));
    program.write(graph.loss.target, packMasks(targets.map(({ image }) => image)));
    program.run();
    loss += program.read(graph.loss.total)[0]! * samples.length;
    for (const [k, probs] of graph.probs.entries()) {
      const masks = toMasks(program.read(probs), size, config.classes, threshold);
      for (const [n, { mask }] of samples.entries()) {
        tallies[k]!.add(cropBack(masks[n]!, targets[n]!, mask.width, mask.height), mask);
      }
    }
    done += samples.length;
    onProgress?.(done, names.length);
    await breathe();
  }
  const scores = tallies.map((tally) => tally.scores());
  const chosen = mode === 'accurate' ? scores.at(-1)! : scores[levels.indexOf(levelsOfMode(mode, config)[0]!)]!;
  const heads = levels.map((level, k) => ({ head: levelName(level), ...scores[k]! }));
  return { images: names.length, mode, loss: loss / names.length, ...chosen, heads };
}

/** @throws InputError for a subset without images */
function namesOf({ split, source }: Dataset, subset: Subset | 'all'): readonly string[] {
  const names = subset === 'all' ? [...split.train, ...split.validation, ...split.test] : split[subset];
  if (names.length === 0) {
    const sizes = `${split.train.length} train, ${split.validation.length} validation and ${split.test.length} test images`;
    throw new InputError(`${source}: the subset "${subset}" holds no image; there are ${sizes}`);
  }
  return names;
}

/** Forward and loss of a batch, as symbols. */
export interface EvaluationGraph {
  readonly network: Network;
  readonly loss: RecordedLoss;
  /** The probabilities of each head, shallowest first, and last their mean. */
  readonly probs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export function recordEvaluation(
  config: ModelConfig,
  batch: number,
  size: number,
  headWeights?: readonly number[],
): EvaluationGraph {
  const network = recordNetwork(config, { batch, height: size, width: size });
  const loss = recordLoss(network, headWeights);
  const heads = network.heads.map(({ logits }) => probabilities(logits));
  const probs = [...heads, meanOf(heads)];
  return { network, loss, probs, outputs: [loss.total, ...new Set(probs)] };
}

/** The masks that the probabilities [N,size,size,classes] give. */
function toMasks(probs: Values, size: number, classes: number, threshold: number): Image<Uint8Array>[] {
  const length = size * size * classes;
  return Array.from({ length: probs.length / length }, (_, n) => {
    const image = new Float32Array(probs.subarray(n * length, (n + 1) * length));
    return toMask({ width: size, height: size, classes, probs: image }, threshold);
  });
}

/** Output channels for a data set: one class needs one probability, several are told apart from the background too. */
export function outputsFor({ classes }: Pick<Dataset, 'classes'>): number {
  return classes === 1 ? 1 : classes + 1;
}

/** @throws InputError unless the images have the channels and the masks the classes that the network has */
export function checkFits(config: ModelConfig, { source, channels, classes }: Dataset): void {
  if (channels !== config.inChannels) {
    throw new InputError(
      `${source}: images have ${channels} channels, the network reads ${config.inChannels}; open the data with channels ${config.inChannels} or build the network with inChannels ${channels}`,
    );
  }
  const expected = outputsFor({ classes });
  if (expected !== config.classes) {
    throw new InputError(
      `${source}: masks have ${classes} foreground ${classes === 1 ? 'class' : 'classes'}, for which a network needs ${expected} output channels; this one has ${config.classes} (config.classes)`,
    );
  }
}
