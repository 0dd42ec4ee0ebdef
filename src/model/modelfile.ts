/**
 * The model file: one safetensors file. The tensors have PyTorch's names and layouts, sorted by name; the weights of
 * convolutions may be stored smaller, as F16, or as I8 with a tensor `NAME.scale`, see `encodeWeights`. `__metadata__`
 * says how to build the network and how to feed it, so that it predicts on a raw image with no other information:
 *
 *     format         "unetpp"
 *     version        "1"
 *     weights        "f16" or "int8", for people; absent where all numbers are float32
 *     config         JSON, see `ModelConfig`
 *     preprocessing  JSON, see `Preprocessing`
 *     thresholds     JSON, see `Thresholds`; absent where none was chosen
 *     postprocessing JSON, see `Postprocessings`; absent where none was chosen
 *     recommendation JSON, see `Recommendation`; absent where there is none
 *     training       JSON, see `TrainingSummary`; absent for a model that was not trained here
 *     classNames     JSON, a list of texts; absent where classes have no names
 *     sha256         of the numbers as they are stored: where all are float32, the same as `weightsSha256`
 */

import type { Backend } from '../backend/backend.js';
import { asBytes } from '../base/bytes.js';
import { InputError } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import { sha256OfParts } from '../base/sha256.js';
import { show } from '../base/show.js';
import type { FileKind } from '../formats/file-kind.js';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.js';
import { parsePreprocessing } from '../infer/preprocessing.js';
import { parseConfig } from '../network/config.js';
import { recordSquare } from '../network/network.js';
import type { ModelCard, TrainingSummary } from './card.js';
import { parseClassNames } from './class-names.js';
import { Model } from './model.js';
import { parsePostprocessings } from './postprocessing.js';
import { parseRecommendation } from './recommendation.js';
import { parseThresholds } from './threshold.js';
import { type EncodeOptions, exportTensors, importParameters } from './torch.js';

const FORMAT = 'unetpp';
const VERSION = '1';

/**
 * The metadata up to its end or to the training, which begins with `prunedTo` in a pruned model, or to the form of weights
 * that are not float32.
 */
const DERIVED =
  /^.{8}\{"__metadata__":\{"headerSha256":"\w*","format":"unetpp"(?:(?!,"training":").)*?(?:,"weights":"|,"training":"\{\\"prunedTo\\":|,"sha256":")/s;

/**
 * Model files that `prune`, `compress`, `import-torch` and `import-onnx` make in a moment, so that they may write over
 * them. Those of a training, which may have taken days, are not among them.
 */
export const DERIVED_MODEL: FileKind = {
  name: 'a pruned, compressed or imported model',
  begins: (head) => DERIVED.test(head),
};

/**
 * Encodes a model as the bytes of its file; the same model gives the same bytes. They are float32 unless `weights` asks for
 * smaller ones, wherever the model comes from.
 * @throws InputError for weights that cannot be stored so
 */
export async function encodeModel(
  { config, parameters, card }: Model,
  options: EncodeOptions = {},
): Promise<Uint8Array> {
  const { weights = 'f32' } = options;
  const { preprocessing, thresholds, postprocessing, recommendation, classNames, training } = card;
  return writeSafetensors(await exportTensors(parameters, options), {
    format: FORMAT,
    version: VERSION,
    ...(weights !== 'f32' && { weights }),
    config: JSON.stringify(config),
    preprocessing: JSON.stringify(preprocessing),
    ...(Object.keys(thresholds).length > 0 && { thresholds: JSON.stringify(thresholds) }),
    ...(postprocessing && { postprocessing: JSON.stringify(postprocessing) }),
    ...(recommendation && { recommendation: JSON.stringify(recommendation) }),
    ...(training && { training: JSON.stringify(training) }),
    ...(classNames && { classNames: JSON.stringify(classNames) }),
  });
}

/**
 * Decodes a model from the bytes of its file. Everything is checked: the file's structure and checksums, its version,
 * every field of the configuration, every tensor's name, shape and numbers.
 * @param file its name, for the errors
 * @throws InputError that says what was expected, what was found and what to do
 */
export async function decodeModel(bytes: Uint8Array, file: string, backend: Backend): Promise<Model> {
  const { metadata, tensors } = await readSafetensors(bytes, file);
  if (metadata.format !== FORMAT) {
    throw new InputError(
      `${file}: not a model of unetpp (its metadata has no format "${FORMAT}"); convert PyTorch weights with import-torch`,
    );
  }
  if (metadata.version !== VERSION) {
    throw new InputError(`${file}: has format version ${show(metadata.version)}, expected "${VERSION}"; update unetpp`);
  }
  const field = (name: string) => parseField(metadata[name], `${file}, ${name}`);
  const config = parseConfig(field('config'), `${file}, config`);
  const optional = <T>(name: string, parse: (value: unknown, source: string) => T): T | undefined =>
    metadata[name] === undefined ? undefined : parse(field(name), `${file}, ${name}`);
  const card: ModelCard = {
    preprocessing: parsePreprocessing(field('preprocessing'), `${file}, preprocessing`),
    thresholds: optional('thresholds', (value, source) => parseThresholds(value, config, source)) ?? {},
    postprocessing: optional('postprocessing', (value, source) => parsePostprocessings(value, config, source)),
    recommendation: optional('recommendation', (value, source) => parseRecommendation(value, config, source)),
    training: optional('training', parseTraining),
    classNames: optional('classNames', (value, source) => parseClassNames(value, config, source)),
  };
  // At the size at which the model sees images, so that prediction need not record it again.
  const network = recordSquare(config, card.preprocessing.size);
  return new Model(config, importParameters(network, tensors, { backend, file }), card);
}

/**
 * The SHA-256 of all values, running statistics included, as little-endian float32 in the file's layout, in name order,
 * whatever they were stored as. It shows whether two trainings gave the same bits.
 */
export async function weightsSha256(model: Model): Promise<string> {
  const tensors = await exportTensors(model.parameters);
  return sha256OfParts(tensors.map(([, { data }]) => asBytes(data)));
}

function parseField(text: string | undefined, source: string): unknown {
  if (text === undefined)
    throw new InputError(`${source}: missing in the file's metadata; restore the file from a copy`);
  return parseJson(text, source);
}

function parseTraining(value: unknown, source: string): TrainingSummary {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${source}: expected a JSON object, found ${show(value)}`);
  }
  return value as TrainingSummary;
}
