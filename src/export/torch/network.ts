/** A network as a module of PyTorch: model.py, which has what this configuration needs and no more. */
import { levelsOf, type ModelConfig, type Norm, type Skips, type Upsampling } from '../../network/config.js';
import { headName } from '../../network/network.js';
import { listParameters } from '../../network/parameters.js';

/** The name and the module of a norm of so many channels. */
const NORMS: { readonly [K in Norm]: { readonly name: string; readonly module: string } | undefined } = {
  none: undefined,
  batch: { name: 'bn', module: 'nn.BatchNorm2d(width)' },
  instance: { name: 'in', module: 'nn.InstanceNorm2d(width, affine=True)' },
  group: { name: 'gn', module: 'nn.GroupNorm(max(n for n in range(1, 9) if width % n == 0), width)' },
};

/** The nodes of its own level that X(i,j) reads, and how many they are. */
const SKIPS: { readonly [K in Skips]: { readonly nodes: string; readonly count: string } } = {
  dense: { nodes: '[X[i, k] for k in range(j)]', count: 'j * FILTERS[i]' },
  adjacent: { nodes: '[X[i, j - 1]]', count: 'FILTERS[i]' },
  original: { nodes: '[X[i, 0]]', count: 'FILTERS[i]' },
};

/** How interpolation is called; a transposed convolution is a module. */
const INTERPOLATIONS: { readonly [K in Upsampling]: string | undefined } = {
  transposed: undefined,
  nearest: "mode='nearest'",
  bilinear: "mode='bilinear', align_corners=False",
  'bilinear-align-corners': "mode='bilinear', align_corners=True",
};

/** The text of model.py; its names are those of `exportTensors`. Dropout, which prediction does not have, is left out. */
export function modelPy(config: ModelConfig): string {
  const { filters, inChannels, classes, norm, skips, upsample } = config;
  const heads = levelsOf(config).map((level) => `${level}: '${headName(config, level)}'`);
  const { nodes, count } = SKIPS[skips];
  const interpolation = INTERPOLATIONS[upsample];
  const up = interpolation
    ? `F.interpolate(X[i + 1, j - 1], scale_factor=2, ${interpolation})`
    : "getattr(self, f'up{i}_{j}')(X[i + 1, j - 1])";
  const upModule = interpolation
    ? []
    : ["                setattr(self, f'up{i}_{j}', nn.ConvTranspose2d(FILTERS[i + 1], FILTERS[i], 2, stride=2))"];
  const answer = classes === 1 ? 'torch.sigmoid(logits)' : 'torch.softmax(logits, 1)';
  return `"""The network of weights.safetensors, written by unetpp: PyTorch, with the names of its parameters there."""
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

FILTERS = [${filters.join(', ')}]
CHANNELS = ${inChannels}
CLASSES = ${classes}
# The nodes X(i,j) in the order of computation: level i (0 is full resolution), place j along the skip pathway.
NODES = [${nodesOf(config).join(', ')}]
# The heads by the j of the node X(0,j) that they read.
HEADS = {${heads.join(', ')}}
# Height and width of images are multiples of it.
MULTIPLE = ${2 ** (filters.length - 1)}


class Block(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
${unitModules(norm).join('\n')}

    def forward(self, x):
${[1, 2].map((k) => unit(norm, k)).join('\n')}
        return x


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        for i, j in NODES:
            if j == 0:
                channels = FILTERS[i - 1] if i > 0 else CHANNELS
            else:
${[...upModule, `                channels = ${count} + FILTERS[${interpolation ? 'i + 1' : 'i'}]`].join('\n')}
            setattr(self, f'conv{i}_{j}', Block(channels, FILTERS[i]))
        for name in HEADS.values():
            setattr(self, name, nn.Conv2d(FILTERS[0], CLASSES, 1))

    def forward(self, x):
        """The logits of all heads, shallowest first, each [N, CLASSES, H, W], of images x [N, CHANNELS, H, W]."""
        X = {}
        for i, j in NODES:
            if j == 0:
                inputs = [F.max_pool2d(X[i - 1, 0], 2) if i > 0 else x]
            else:
                inputs = ${nodes} + [${up}]
            X[i, j] = getattr(self, f'conv{i}_{j}')(torch.cat(inputs, 1))
        return [getattr(self, name)(X[0, j]) for j, name in HEADS.items()]

    def probabilities(self, x):
        """The mean of the probabilities of all heads, [N, CLASSES, H, W]."""
        return torch.stack([${answer} for logits in self(x)]).mean(0)


def load():
    """The network with its weights, ready to predict."""
    network = Network()
    network.load_state_dict(load_file(Path(__file__).with_name('weights.safetensors')))
    return network.eval()
`;
}

/** The nodes that the heads need, as Python writes them. */
function nodesOf(config: ModelConfig): string[] {
  const names = listParameters(config).map(({ name }) => /^conv(\d+)_(\d+)\.conv1\.weight$/.exec(name));
  return names.flatMap((found) => (found ? [`(${found[1]}, ${found[2]})`] : []));
}

/** The modules of a block: two convolutions, each with its norm. */
function unitModules(norm: Norm): string[] {
  const normed = NORMS[norm];
  return [1, 2].flatMap((k) => [
    `        self.conv${k} = nn.Conv2d(${k === 1 ? 'channels' : 'width'}, width, 3, padding=1)`,
    ...(normed ? [`        self.${normed.name}${k} = ${normed.module}`] : []),
  ]);
}

function unit(norm: Norm, k: number): string {
  const normed = NORMS[norm];
  const convolved = `self.conv${k}(x)`;
  return `        x = F.relu(${normed ? `self.${normed.name}${k}(${convolved})` : convolved})`;
}
