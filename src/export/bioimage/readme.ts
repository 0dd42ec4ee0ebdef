/** `README.md` of a package: what the model takes and gives, and how to find out whether it suits. */
import { few } from '../../base/quantities.js';
import type { Preprocessing } from '../../image/prepare.js';
import type { MaskRule } from '../../infer/masks.js';
import type { Model } from '../../model/model.js';
import { levelsOf } from '../../network/config.js';
import { looksAtWhole } from '../../network/reach.js';
import type { InputSize, ModelDescription } from './description.js';

/** What is known of the training, of which the card holds JSON. */
export interface KnownTraining {
  readonly dataset?: string;
  /** The Dice on the validation images, and how many there were. */
  readonly dice?: number;
  readonly images?: number;
}

export function knownTraining({ card }: Model): KnownTraining {
  const { dataset, validation, images } = Object(card.training);
  const [dice, count] = [Object(validation).dice, Object(images).validation];
  return {
    ...(typeof dataset === 'string' && { dataset }),
    ...(typeof dice === 'number' && { dice }),
    ...(typeof count === 'number' && { images: count }),
  };
}

/** @param rule how masks are made, and whether the package makes them */
export function readmeText(
  model: Model,
  { name, description, inputs: [input], outputs: [output] }: ModelDescription,
  rule: MaskRule & { readonly isMask: boolean },
): string {
  const { config, card } = model;
  const [, channels, height, width] = input!.axes;
  const heads = levelsOf(config).length;
  return [
    `# ${name}`,
    description,
    `A network of the UNet++ family (${config.skips} skips, filters ${config.filters.join(', ')}, ${
      heads === 1 ? 'one head' : `the mean of ${heads} heads`
    }), written by \`unetpp export --format bioimage\` as ONNX.`,
    '## Input and output',
    [
      `* \`${input!.id}\`: ${input!.data.type}, [batch, channel, y, x]; channels: ${few(channels!.channel_names!)}; ${sizesText(
        height!.size as InputSize,
        width!.size as InputSize,
      )}. What is done to its values first is the preprocessing of \`rdf.yaml\`: pass the image as it is stored.`,
      `* \`${output!.id}\`: ${
        rule.isMask ? `a mask, 1 where the probability is above ${rule.threshold}` : 'probabilities from 0 to 1'
      }, [batch, channel, y, x]; channels: ${few(output!.axes[1]!.channel_names!)}.`,
      ...scaleLines(card.preprocessing),
      ...(looksAtWhole(config)
        ? ['* What the network says of a pixel depends on the whole image, so that tiles give somewhat other values.']
        : []),
      ...(rule.postprocessing
        ? [
            `* The masks of unetpp itself are then postprocessed, which a package cannot say: ${JSON.stringify(rule.postprocessing)}.`,
          ]
        : []),
    ].join('\n'),
    '## Validation',
    validationText(knownTraining(model)),
    '`test_input.npy` must give `test_output.npy` within 0.001; `bioimageio test` of the Python package bioimageio.core does this.',
  ].join('\n\n');
}

function sizesText(height: InputSize, width: InputSize): string {
  if (typeof height === 'number' || typeof width === 'number') return `${height} x ${width} pixels (y, x)`;
  return `sides of ${height.min}, ${height.min + height.step}, ${height.min + 2 * height.step}, … pixels`;
}

/** The scale at which the network saw images, to which BioImage.IO has no step. */
function scaleLines({ size, fit, patch, spacing }: Preprocessing): string[] {
  const how = fit === 'pad' ? 'scaled by one factor and padded' : 'stretched';
  return [
    ...(size === undefined
      ? []
      : [`* It was trained on images of ${size} x ${size} pixels (${how}): bring yours to about that scale first.`]),
    ...(patch === undefined ? [] : [`* It was trained on crops of ${patch} x ${patch} pixels.`]),
    ...(spacing === undefined ? [] : [`* It was trained at ${spacing} mm a pixel: resample yours first.`]),
  ];
}

function validationText({ dataset, dice, images }: KnownTraining): string {
  const known =
    dice === undefined
      ? ''
      : `In its training it reached a Dice of ${dice.toFixed(4)} on ${images ?? 'the'} validation images${
          dataset === undefined ? '' : ` of ${dataset}`
        }, by which its weights were chosen. `;
  return `${known}Before you rely on it, score it on images of your own that it was not trained on, of several patients or samples, with masks drawn by people who know: the Dice of a mask A and a true mask B is 2 |A ∩ B| / (|A| + |B|). \`unetpp evaluate --model MODEL --data FOLDER\` does so for the model from which this package was made.`;
}
