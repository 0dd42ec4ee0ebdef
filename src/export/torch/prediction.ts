/** The prediction of an image in Python: predict.py, which prepares the image as the model's card says. */
import type { ModelCard } from '../../model/card.js';
import type { Model } from '../../model/model.js';
import { thresholdOf } from '../../model/threshold.js';

type Preprocessing = ModelCard['preprocessing'];
type Normalisation = Preprocessing['normalisation'];

/** What predict.py leaves to those who call it, in words; it is said there and by `export`. */
export function leftOut({ card: { preprocessing, postprocessing } }: Pick<Model, 'card'>): string[] {
  const { spacing, neighbours } = preprocessing;
  return [
    ...(spacing === undefined
      ? []
      : [`predict.py takes images as they are: bring them to ${spacing} mm a pixel first, as the network reads them`]),
    ...(neighbours === undefined
      ? []
      : [`predict.py reads no volumes: give it a slice with its ${neighbours} neighbours on both sides as .npy`]),
    ...(postprocessing ? ['predict.py leaves masks as the threshold makes them, without the postprocessing'] : []),
  ];
}

/** The text of predict.py, for the answer of the model in mode 'accurate'. */
export function predictPy(model: Pick<Model, 'config' | 'card'>): string {
  const { config, card } = model;
  const { classes, inChannels } = config;
  const { normalisation } = card.preprocessing;
  const mask =
    classes === 1
      ? `(probs[0] > ${thresholdOf(model, 'accurate')}).astype(np.uint8) * 255`
      : 'probs.argmax(0).astype(np.uint8)';
  const notes = leftOut(model).map((note) => `\n${note}.`);
  return `"""Segments an image as unetpp does: python predict.py IMAGE MASK.png [PROBABILITIES.npy]

It needs the packages torch, safetensors, numpy and pillow. IMAGE may be an array, too: .npy, [height, width, channels].${notes.join('')}
"""
import sys

import numpy as np
import torch
from PIL import Image
${card.preprocessing.size === undefined ? '' : 'from torch.nn import functional as F\n'}
from model import CHANNELS, MULTIPLE, load


def read(path):
    """The pixels of an image, [height, width, channels]."""
    if path.endswith('.npy'):
        pixels = np.load(path)
    else:
        image = Image.open(path)
        pixels = np.asarray(image if image.mode in ('L', 'RGB', 'I;16') else image.convert('RGB'))
    return pixels if pixels.ndim == 3 else pixels[:, :, None]


def to_channels(pixels):
${channelLines(inChannels)}    if pixels.shape[2] != CHANNELS:
        sys.exit(f'the image has {pixels.shape[2]} channels, the network reads {CHANNELS}')
    return pixels


def normalise(pixels):
    """${NORMALISATIONS[kindOf(normalisation)].text}"""
${NORMALISATIONS[kindOf(normalisation)].lines(normalisation)}


${resizeLines(card.preprocessing)}def pad(x, height, width):
    """Pads x by reflection, evenly on both sides; also says where x lies then."""
    top, left = (height - x.shape[2]) // 2, (width - x.shape[3]) // 2
    rest = (height - x.shape[2] - top, width - x.shape[3] - left)
    padded = np.pad(x.numpy(), ((0, 0), (0, 0), (top, rest[0]), (left, rest[1])), mode='reflect')
    return torch.from_numpy(padded), (..., slice(top, top + x.shape[2]), slice(left, left + x.shape[3]))


def predict(network, pixels):
    """The probabilities [classes, height, width] of an image [height, width, channels]."""
    height, width = pixels.shape[:2]
    x = torch.from_numpy(normalise(to_channels(pixels)).astype(np.float32)).permute(2, 0, 1)[None]
${frameLines(card.preprocessing)}    x, place = pad(x, *(-(-side // MULTIPLE) * MULTIPLE for side in x.shape[2:]))
    with torch.no_grad():
        probs = network.probabilities(x)[place]
${backLines(card.preprocessing)}    return probs[0].numpy()


if __name__ == '__main__':
    probs = predict(load(), read(sys.argv[1]))
    Image.fromarray(${mask}).save(sys.argv[2])
    if len(sys.argv) > 3:
        np.save(sys.argv[3], probs)
`;
}

/** Grey from RGB by luma, with rounding where samples are integers, and RGB from grey; nothing else can be converted. */
function channelLines(channels: number): string {
  if (channels === 3) return '    if pixels.shape[2] == 1:\n        pixels = pixels.repeat(3, 2)\n';
  if (channels !== 1) return '';
  return `    if pixels.shape[2] == 3:
        half = 0 if pixels.dtype.kind == 'f' else 32768
        pixels = ((pixels @ [[19595], [38470], [7471]] + half) / 65536).astype(pixels.dtype)
`;
}

interface NormalisationLines {
  readonly text: string;
  readonly lines: (normalisation: Normalisation) => string;
}

/** The normalisations as `normalise` has them, in words and in Python. */
const NORMALISATIONS: Readonly<Record<'range' | 'percentile' | 'zscore' | 'window', NormalisationLines>> = {
  range: {
    text: 'Integers divided by the largest of their type, floats as they are.',
    lines: () => "    return pixels / {'uint8': 255, 'uint16': 65535}.get(pixels.dtype.name, 1)",
  },
  percentile: {
    text: 'The 1st to the 99th percentile stretched to 0..1, the rest clipped; a flat image is 0.',
    lines: () => `    low, high = np.percentile(pixels, [1, 99])
    return np.clip((pixels - low) / (high - low), 0, 1) if high > low else np.zeros(pixels.shape)`,
  },
  zscore: {
    text: 'Mean 0 and standard deviation 1; a flat image is 0.',
    lines: () => `    pixels = pixels.astype(np.float64)
    return (pixels - pixels.mean()) / (pixels.std() or 1)`,
  },
  window: {
    text: 'A window of values as 0..1, the rest clipped.',
    lines: (normalisation) => {
      const [centre, width] = normalisation.slice('window:'.length).split(',');
      return `    return np.clip((pixels.astype(np.float64) - ${centre}) / ${width} + 0.5, 0, 1)`;
    },
  },
};

function kindOf(normalisation: Normalisation): keyof typeof NORMALISATIONS {
  return normalisation.split(':')[0] as keyof typeof NORMALISATIONS;
}

function resizeLines({ size }: Preprocessing): string {
  if (size === undefined) return '';
  return `def resize(x, height, width):
    return F.interpolate(x, (height, width), mode='bilinear', align_corners=False, antialias=True)


`;
}

/** How an image is brought to the size that the network sees, where there is one. */
function frameLines({ size, fit }: Preprocessing): string {
  if (size === undefined) return '';
  if (fit !== 'pad') return `    x = resize(x, ${size}, ${size})\n`;
  return `    scale = ${size} / max(height, width)
    x, seen = pad(resize(x, *(max(1, int(side * scale + 0.5)) for side in (height, width))), ${size}, ${size})
`;
}

function backLines({ size, fit }: Preprocessing): string {
  if (size === undefined) return '';
  return `    probs = resize(${fit === 'pad' ? 'probs[seen]' : 'probs'}, height, width)\n`;
}
