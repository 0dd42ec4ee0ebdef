/** What `export --format torch` writes: Python for each configuration, and weights that come back as they were. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exportFile } from '../../../src/app/export/export-file.js';
import { modelPy } from '../../../src/export/torch/network.js';
import { leftOut, predictPy } from '../../../src/export/torch/prediction.js';
import {
  createModel,
  defaultConfig,
  importTorch,
  type ModelCard,
  type ModelConfig,
  type Preprocessing,
  ReferenceBackend,
  readSafetensors,
  weightsSha256,
} from '../../../src/index.js';

const backend = new ReferenceBackend();

test('model.py of a small network, word by word', () => {
  const text = modelPy({ ...defaultConfig, filters: [4, 8], norm: 'batch', dropout: 0.1 });
  assert.is(text, EXPECTED);
});

const EXPECTED = `"""The network of weights.safetensors, written by unetpp: PyTorch, with the names of its parameters there."""
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

FILTERS = [4, 8]
CHANNELS = 1
CLASSES = 1
# The nodes X(i,j) in the order of computation: level i (0 is full resolution), place j along the skip pathway.
NODES = [(0, 0), (1, 0), (0, 1)]
# The heads by the j of the node X(0,j) that they read.
HEADS = {1: 'final1'}
# Height and width of images are multiples of it.
MULTIPLE = 2


class Block(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return x


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        for i, j in NODES:
            if j == 0:
                channels = FILTERS[i - 1] if i > 0 else CHANNELS
            else:
                setattr(self, f'up{i}_{j}', nn.ConvTranspose2d(FILTERS[i + 1], FILTERS[i], 2, stride=2))
                channels = j * FILTERS[i] + FILTERS[i]
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
                inputs = [X[i, k] for k in range(j)] + [getattr(self, f'up{i}_{j}')(X[i + 1, j - 1])]
            X[i, j] = getattr(self, f'conv{i}_{j}')(torch.cat(inputs, 1))
        return [getattr(self, name)(X[0, j]) for j, name in HEADS.items()]

    def probabilities(self, x):
        """The mean of the probabilities of all heads, [N, CLASSES, H, W]."""
        return torch.stack([torch.sigmoid(logits) for logits in self(x)]).mean(0)


def load():
    """The network with its weights, ready to predict."""
    network = Network()
    network.load_state_dict(load_file(Path(__file__).with_name('weights.safetensors')))
    return network.eval()
`;

/** The part of model.py that differs from one configuration to the next. */
function parts(config: Partial<ModelConfig>): Record<string, string> {
  const text = modelPy({ ...defaultConfig, filters: [4, 8, 12], ...config });
  const found = (pattern: RegExp) => pattern.exec(text)?.[1] ?? '';
  assert.not.match(text, 'undefined');
  assert.ok(text.split('\n').length <= 100);
  return {
    constants: found(/\n(FILTERS[\s\S]*?)\n# The nodes/).replaceAll('\n', '; '),
    nodes: found(/NODES = \[(.*)\]/),
    heads: found(/HEADS = (.*)\n/),
    block: found(/super\(\).__init__\(\)\n( {8}self\.conv1[\s\S]*?)\n\n/),
    forward: found(/def forward\(self, x\):\n( {8}x =[\s\S]*?)\n\n/),
    modules: found(/ {12}else:\n( {16}[\s\S]*?)\n {12}setattr/),
    inputs: found(/inputs = (\[X\[i.*)/),
    answer: found(/stack\(\[(.*?) for/),
  };
}

const DENSE_NODES = '(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)';

test('model.py: skips, heads and classes', () => {
  const dense = parts({ classes: 3, inChannels: 2 });
  assert.is(dense.constants, 'FILTERS = [4, 8, 12]; CHANNELS = 2; CLASSES = 3');
  assert.equal([dense.nodes, dense.heads], [DENSE_NODES, "{1: 'final1', 2: 'final2'}"]);
  assert.is(dense.answer, 'torch.softmax(logits, 1)');
  assert.is(dense.inputs, "[X[i, k] for k in range(j)] + [getattr(self, f'up{i}_{j}')(X[i + 1, j - 1])]");
  const adjacent = parts({ skips: 'adjacent', deepSupervision: false });
  assert.equal([adjacent.nodes, adjacent.heads], [DENSE_NODES, "{2: 'final'}"]);
  assert.is(adjacent.inputs, "[X[i, j - 1]] + [getattr(self, f'up{i}_{j}')(X[i + 1, j - 1])]");
  assert.is(adjacent.answer, 'torch.sigmoid(logits)');
  // A plain U-Net has no X(0,1).
  const plain = parts({ skips: 'original', deepSupervision: false });
  assert.is(plain.nodes, '(0, 0), (1, 0), (2, 0), (1, 1), (0, 2)');
  assert.is(plain.inputs, "[X[i, 0]] + [getattr(self, f'up{i}_{j}')(X[i + 1, j - 1])]");
});

test('model.py: norms and upsamplings', () => {
  assert.is(
    parts({}).block,
    `        self.conv1 = nn.Conv2d(channels, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)`,
  );
  assert.is(
    parts({}).forward,
    '        x = F.relu(self.conv1(x))\n        x = F.relu(self.conv2(x))\n        return x',
  );
  const instance = parts({ norm: 'instance' });
  assert.match(instance.block!, '        self.in2 = nn.InstanceNorm2d(width, affine=True)');
  assert.match(instance.forward!, '        x = F.relu(self.in2(self.conv2(x)))\n');
  assert.match(
    parts({ norm: 'group' }).block!,
    '        self.gn1 = nn.GroupNorm(max(n for n in range(1, 9) if width % n == 0), width)\n',
  );
  const bilinear = parts({ upsample: 'bilinear-align-corners' });
  assert.is(bilinear.modules, '                channels = j * FILTERS[i] + FILTERS[i + 1]');
  assert.match(
    bilinear.inputs!,
    "[F.interpolate(X[i + 1, j - 1], scale_factor=2, mode='bilinear', align_corners=True)]",
  );
  assert.match(parts({ upsample: 'bilinear' }).inputs!, "mode='bilinear', align_corners=False)]");
  assert.match(parts({ upsample: 'nearest' }).inputs!, "scale_factor=2, mode='nearest')]");
});

/** predict.py of a small network whose card has these fields. */
function predictOf(
  preprocessing: Preprocessing,
  card: Partial<ModelCard> = {},
  config: Partial<ModelConfig> = {},
): string {
  const model = createModel({ filters: [2, 3], ...config }, { backend });
  model.adopt({ ...model.card, ...card, preprocessing });
  const text = predictPy(model);
  assert.not.match(text, 'undefined');
  assert.ok(text.split('\n').length <= 100);
  model.free();
  return text;
}

test('predict.py: normalisation, size and threshold', () => {
  const own = predictOf({ normalisation: 'range' }, { thresholds: { L1: 0.35 } });
  assert.match(own, "    return pixels / {'uint8': 255, 'uint16': 65535}.get(pixels.dtype.name, 1)\n");
  assert.match(own, '    Image.fromarray((probs[0] > 0.35).astype(np.uint8) * 255).save(sys.argv[2])\n');
  assert.not.match(own, ' resize(x, ');
  const stretched = predictOf({ normalisation: 'percentile', size: 96 }, {}, { classes: 3 });
  assert.match(stretched, '    low, high = np.percentile(pixels, [1, 99])\n');
  assert.match(stretched, '[None]\n    x = resize(x, 96, 96)\n    x, place = pad(');
  assert.match(stretched, '[place]\n    probs = resize(probs, height, width)\n    return');
  assert.match(stretched, '    Image.fromarray(probs.argmax(0).astype(np.uint8)).save(sys.argv[2])\n');
  const padded = predictOf({ normalisation: 'zscore', size: 96, fit: 'pad' });
  assert.match(
    padded,
    '    scale = 96 / max(height, width)\n    x, seen = pad(resize(x, *(max(1, int(side * scale + 0.5))',
  );
  assert.match(padded, '[place]\n    probs = resize(probs[seen], height, width)\n    return');
  const window = predictOf({ normalisation: 'window:-600,1500.5' });
  assert.match(window, '    return np.clip((pixels.astype(np.float64) - -600) / 1500.5 + 0.5, 0, 1)\n');
});

test('predict.py: grey and RGB become each other, and nothing else', () => {
  const [grey, rgb, five] = [1, 3, 5].map((inChannels) => predictOf({ normalisation: 'range' }, {}, { inChannels }));
  assert.match(grey!, '        pixels = ((pixels @ [[19595], [38470], [7471]] + half) / 65536).astype(pixels.dtype)\n');
  assert.match(rgb!, '    if pixels.shape[2] == 1:\n        pixels = pixels.repeat(3, 2)\n');
  assert.match(five!, 'def to_channels(pixels):\n    if pixels.shape[2] != CHANNELS:\n');
});

test('what predict.py leaves out is said, there and by export', () => {
  const card = { postprocessing: { L1: { minObject: 64 } } };
  const preprocessing: Preprocessing = { normalisation: 'range', spacing: 0.5, neighbours: 2 };
  const said = [
    'predict.py takes images as they are: bring them to 0.5 mm a pixel first, as the network reads them',
    'predict.py reads no volumes: give it a slice with its 2 neighbours on both sides as .npy',
    'predict.py leaves masks as the threshold makes them, without the postprocessing',
  ];
  const model = createModel({ filters: [2, 3], inChannels: 5 }, { backend });
  model.adopt({ ...model.card, ...card, preprocessing });
  assert.equal(leftOut(model), said);
  const text = predictOf(preprocessing, card, { inChannels: 5 });
  for (const note of said) assert.match(text, `\n${note}.\n`);
  assert.equal(leftOut(createModel({ filters: [2, 3] }, { backend })), []);
});

test('export: three files, and every weight as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unetpp-torch-'));
  const model = createModel({ filters: [2, 3, 4], norm: 'batch' }, { backend, seed: 3 });
  const file = join(folder, 'model.safetensors');
  await model.save(file);
  const out = join(folder, 'out');
  const { files, maxDifference } = await exportFile({ model: file, format: 'torch', out });
  assert.equal(
    files.map(({ path }) => path),
    ['weights.safetensors', 'model.py', 'predict.py'].map((name) => `${out}/${name}`),
  );
  assert.is(maxDifference, 0);
  const { tensors } = await readSafetensors(await readFile(join(out, 'weights.safetensors')), 'weights');
  const back = importTorch(tensors, { filters: [2, 3, 4], norm: 'batch' }, { backend, file: 'weights' });
  assert.is(await weightsSha256(back), await weightsSha256(model));
  assert.is(await readFile(join(out, 'model.py'), 'utf8'), modelPy(model.config));
  assert.is(await readFile(join(out, 'predict.py'), 'utf8'), predictPy(model));
  await rm(folder, { recursive: true });
});

test.run();
