/** A network fixed to one size, with what proves a copy of it: what `--format edge` and `--format c` begin with. */
import { readEdgeKernels } from '#platform/edge-runner.js';
import { InputError } from '../../base/errors.js';
import type { EdgeDescription } from '../../export/edge/plan-file.js';
import type { EdgeProgram } from '../../export/edge/program.js';
import { recordProgram } from '../../export/edge/record.js';
import { type EdgeWeightsFile, encodeWeightsFile, outputAxisOf } from '../../export/edge/weights-file.js';
import type { Image } from '../../image/image.js';
import { prepareImage } from '../../image/prepare.js';
import { Model } from '../../model/model.js';
import { thresholdOf } from '../../model/threshold.js';
import { decodeWeights } from '../../model/weight-formats.js';
import { checkSize } from '../../network/network.js';
import { ParameterStore } from '../../network/parameters.js';
import { largestDifference } from './check.js';
import type { ExportRequest } from './exporter.js';

export interface FixedNetwork {
  readonly program: EdgeProgram;
  readonly weights: EdgeWeightsFile;
  /** What a person has to know to use its input and output. */
  readonly description: EdgeDescription;
  /** The test image as the network reads it, [height,width,channels]. */
  readonly input: Float32Array;
  /** Its probabilities with the weights as they are stored, [height,width,classes]: a copy must give these very bits. */
  readonly expected: Float32Array;
  /** The largest difference of these probabilities from those of the model. */
  readonly maxDifference: number;
}

/** @throws InputError where there is no size, the network cannot have it, or a weight does not fit the format */
export async function fixNetwork(model: Model, request: ExportRequest): Promise<FixedNetwork> {
  const { file, size, weights: format = 'f32' } = request;
  const { config, card, parameters } = model;
  if (!size) {
    throw new InputError(
      `--size: ${file} takes images of any size, and this format is fixed to one; state it, 128 or 160x96`,
    );
  }
  checkSize(config, size.width, size.height, '--size');
  const graph = model.record('accurate', { batch: 1, ...size });
  const program = recordProgram(graph, await readEdgeKernels());
  const weights = encodeWeightsFile(program.weights, await parameters.read(), format, file);
  // Images are brought to the size outside of the network.
  const image = prepareImage(request.image, config.inChannels, { normalisation: card.preprocessing.normalisation });
  const copy = withStoredWeights(model, program, weights);
  const expected = await probabilitiesOf(copy, image);
  copy.free();
  return {
    program,
    weights,
    description: {
      preprocessing: card.preprocessing,
      ...(config.classes === 1 && { threshold: thresholdOf(model, 'accurate') }),
      classNames: card.classNames,
    },
    input: image.data,
    expected,
    maxDifference: largestDifference({ probs: expected }, { probs: await probabilitiesOf(model, image) }),
  };
}

/** The model with the values that its weights have where they are stored. */
function withStoredWeights(model: Model, { weights }: EdgeProgram, { stored }: EdgeWeightsFile): Model {
  const parameters = new ParameterStore(model.parameters.network, model.backend);
  const values = weights.map((each) => [each.name, decodeWeights(stored.get(each.name)!, outputAxisOf(each))] as const);
  parameters.load(new Map(values));
  return new Model(model.config, parameters, model.card);
}

async function probabilitiesOf(model: Model, image: Image<Float32Array>): Promise<Float32Array> {
  return (await model.probabilities([image], 'accurate'))[0]!.probs;
}
