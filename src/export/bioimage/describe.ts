/** The description of a model: what its card and its network say, in BioImage.IO's words. */
import { few } from '../../base/quantities.js';
import { OPERATOR_SET } from '../../formats/onnx/onnx-file.js';
import type { Image } from '../../image/image.js';
import type { Model } from '../../model/model.js';
import { outputOf } from '../../network/mode.js';
import { type Author, type Axis, type FileEntry, FORMAT_VERSION, type ModelDescription } from './description.js';
import { inputChannels, nameOfFile, outputChannels } from './names.js';
import { inputType, postprocessingSteps, preprocessingSteps } from './processing.js';
import { knownTraining } from './readme.js';
import type { PackageSizes } from './sizes.js';

/** What a person says of a model. */
export interface About {
  /** 5 to 128 letters, digits, spaces and `_+-()`. Default: by the name of the model file, see `nameOfFile`. */
  readonly name?: string | undefined;
  /** At most 1,024 characters. Default: the classes, and the data set where it is known. */
  readonly description?: string | undefined;
  /** Default: nobody. */
  readonly authors?: readonly Author[] | undefined;
  /** An SPDX identifier. Default: none. */
  readonly license?: string | undefined;
}

/** The files that a description names with their digests. */
export type DescribedFile = 'weights' | 'testInput' | 'testOutput' | 'sampleInput' | 'sampleOutput';

/** The names of input and output, those of the ONNX file, too. */
export const INPUT = 'image';
export const OUTPUT = 'probabilities';

const UNETPP = {
  text: 'Zhou, Z., Rahman Siddiquee, M. M., Tajbakhsh, N., Liang, J.: UNet++: A Nested U-Net Architecture for Medical Image Segmentation. DLMIA 2018',
  doi: '10.1007/978-3-030-00889-5_1',
};

/** How many pixels of a million may differ from the test mask: some may have a probability at the threshold. */
const MISMATCHES = 1000;

/** The threshold that was chosen for what a model answers; undefined where none was, or where it has several classes. */
export function chosenThreshold({ config, card }: Model): number | undefined {
  return config.classes === 1 ? card.thresholds[outputOf('accurate', config)] : undefined;
}

/** @param image the test image, whose type is that of the values that the package takes */
export function describe(
  model: Model,
  { file, about, sizes, image }: { file: string; about: About; sizes: PackageSizes; image: Image },
  files: Readonly<Record<DescribedFile, FileEntry>>,
): ModelDescription {
  const { config, card } = model;
  const { normalisation, neighbours } = card.preprocessing;
  const threshold = chosenThreshold(model);
  const channels = outputChannels(config.classes, card.classNames);
  const { authors = [], license, name = nameOfFile(file), description = defaultDescription(model) } = about;
  return {
    format_version: FORMAT_VERSION,
    type: 'model',
    name,
    description,
    authors,
    cite: [UNETPP],
    ...(license !== undefined && { license }),
    tags: ['segmentation', 'semantic-segmentation', '2d', 'unet++', 'onnx'],
    documentation: 'README.md',
    covers: ['cover.png'],
    inputs: [
      {
        id: INPUT,
        description: 'an image as it is stored',
        axes: [
          BATCH,
          { type: 'channel', id: 'channel', channel_names: inputChannels(config.inChannels, neighbours) },
          { type: 'space', id: 'y', size: sizes.height },
          { type: 'space', id: 'x', size: sizes.width },
        ],
        test_tensor: files.testInput,
        sample_tensor: files.sampleInput,
        data: { type: inputType(normalisation, image.data) },
        preprocessing: preprocessingSteps(normalisation, image.data),
      },
    ],
    outputs: [
      {
        id: OUTPUT,
        description:
          threshold === undefined
            ? 'the probability of each class'
            : 'a mask: 1 where the probability is above a threshold',
        axes: [BATCH, { type: 'channel', id: 'channel', channel_names: channels }, ...outputAxes(sizes)],
        test_tensor: files.testOutput,
        sample_tensor: files.sampleOutput,
        data: threshold === undefined ? { type: 'float32', range: [0, 1] } : { type: 'uint8', values: [0, 1] },
        postprocessing: postprocessingSteps(threshold),
      },
    ],
    weights: { onnx: { ...files.weights, opset_version: OPERATOR_SET } },
    config: {
      bioimageio: {
        architecture_type: 'UNet++',
        task: 'semantic segmentation',
        ...(threshold !== undefined && {
          reproducibility_tolerance: [{ mismatched_elements_per_million: MISMATCHES }],
        }),
      },
      unetpp: JSON.parse(JSON.stringify({ network: config, ...cardToKeep(model) })),
    },
  };
}

const BATCH: Axis = { type: 'batch', id: 'batch' };

function outputAxes({ halo }: PackageSizes): Axis[] {
  return ['y', 'x'].map((id) => ({
    type: 'space',
    id,
    size: { tensor_id: INPUT, axis_id: id },
    ...(halo !== undefined && { halo }),
  }));
}

/** What of the card has no other place in a description. */
function cardToKeep({ card: { preprocessing, thresholds, postprocessing } }: Model) {
  return { preprocessing, thresholds, postprocessing };
}

function defaultDescription(model: Model): string {
  const { card, config } = model;
  const { dataset } = knownTraining(model);
  const classes = card.classNames ?? [config.classes > 1 ? `${config.classes - 1} classes` : 'foreground'];
  const text = `Segmentation of ${few(classes)}${dataset === undefined ? '' : `, trained on ${dataset}`}`;
  return text.replace(/\s+/g, ' ').slice(0, 512);
}
