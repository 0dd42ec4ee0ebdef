/** What the panels show, made by the library: a small network that learns the phantom, and what it says of a slice. */

import { nodesOf } from '../../../site/app/network/triangle.js';
import type {
  ExampleView,
  HeadView,
  ImageView,
  ModelView,
  NodeView,
  PlannedOption,
  PlanView,
  RunView,
  Trained,
} from '../../../site/engine/protocol.js';
import { flagOf, type OptionSpec, onCommandLine } from '../../../src/app/options/option.js';
import { completeOptions, trainGroups } from '../../../src/app/options/train-options.js';
import { fold, seedKey } from '../../../src/base/random.js';
import { renderPhantom } from '../../../src/data/phantom/phantom.js';
import { confusionCounts, overlapScores } from '../../../src/evaluate/overlap.js';
import type { Tensor } from '../../../src/graph/graph.js';
import type { Image } from '../../../src/image/image.js';
import { createBackend, createModel, type Model, syntheticDataset, trainModel } from '../../../src/index.js';
import { Inference } from '../../../src/infer/inference.js';
import { toMask } from '../../../src/infer/prediction.js';
import { prepare } from '../../../src/infer/preprocessing.js';
import { weightsSha256 } from '../../../src/model/modelfile.js';
import { summarize } from '../../../src/model/summary.js';
import { levelsOf } from '../../../src/network/config.js';
import { outputsOf } from '../../../src/network/mode.js';
import { recordNetwork } from '../../../src/network/network.js';
import { toRgb } from '../../../src/report/pixels.js';
import type { EpochReport } from '../../../src/train/report.js';

export interface Fixtures {
  readonly plan: PlanView;
  readonly epochs: readonly EpochReport[];
  readonly examples: readonly ExampleView[];
  readonly trained: Trained;
  readonly runs: readonly RunView[];
  readonly model: ModelView;
  readonly image: ImageView;
  readonly picture: Image<Uint8Array>;
  readonly truth: Image<Uint8Array>;
  readonly heads: readonly HeadView[];
  readonly features: readonly NodeView[];
}

const SIZE = 64;
const EXAMPLES = 4;
const SAVED = { hasModel: true, bytes: 3_400_000 };

/** Trains and predicts; takes a few seconds. */
export async function makeFixtures(epochs: number): Promise<Fixtures> {
  const backend = createBackend('wasm');
  const model = createModel({ filters: [4, 8, 16, 32, 64], norm: 'group' }, { backend });
  const dataset = syntheticDataset({ seed: 1, size: SIZE, train: 32, validation: 8 });
  const reports: EpochReport[] = [];
  const options = { epochs, batch: 4, learningRate: 3e-3 };
  for await (const report of trainModel(model, dataset, options)) reports.push(report);
  const best = reports.at(-1)!;
  const names = dataset.split.validation.slice(0, EXAMPLES);
  const slices = names.map((name, k) => ({
    name,
    ...renderPhantom(fold(fold(seedKey(1), 'phantom validation'), k), SIZE),
  }));
  const [first] = slices;
  const heads = await headsOf(model, first!.image, first!.mask);
  const { dice, iou, pooledIou, loss, heads: scores } = best.validation;
  return {
    plan: planView(),
    epochs: reports,
    examples: await Promise.all(slices.map((slice) => exampleOf(model, slice))),
    trained: {
      result: {
        run: 'runs/phantom-1',
        model: 'runs/phantom-1/model.safetensors',
        epochs,
        bestEpoch: best.bestEpoch,
        seconds: 12,
        imagesPerSecond: best.imagesPerSecond,
        validation: { dice, iou, pooledIou, loss, heads: scores },
        weightsSha256: await weightsSha256(model),
        interrupted: false,
      },
      model: null,
    },
    runs: [
      { run: 'phantom-2', epochs: 8, epochsDone: 3, done: false, changed: '2026-11-30T18:05:00Z', ...SAVED },
      { run: 'phantom-1', epochs, epochsDone: epochs, done: true, changed: '2026-11-30T17:00:00Z', ...SAVED },
    ],
    model: await modelView(model),
    image: {
      id: 'image-1',
      name: first!.name,
      width: SIZE,
      height: SIZE,
      slices: 1,
      channels: 1,
      shown: toRgb(first!.image),
      hasMask: true,
    },
    picture: toRgb(first!.image),
    truth: first!.mask,
    heads,
    features: await featuresOf(model, first!.image),
  };
}

async function modelView(model: Model): Promise<ModelView> {
  const { config, backend } = model;
  const { levels, ...whole } = summarize(config, { width: SIZE, height: SIZE }, backend);
  const depths = levelsOf(config);
  const outputs = outputsOf(config).map((mode, k) => {
    const { parameters, macs } = levels[k] ?? whole;
    const nodes = nodesOf(config).filter(([i, j]) => i + j <= (depths[k] ?? depths.at(-1)!));
    return { mode, parameters, macs, bytes: 4 * parameters, threshold: 0.5, nodes };
  });
  return {
    name: 'phantom-1',
    initFrom: 'runs/phantom-1/model.safetensors',
    config,
    weightsSha256: await weightsSha256(model),
    classNames: ['lesion'],
    size: SIZE,
    outputs,
    about: ['trained on the phantom'],
  };
}

async function headsOf(model: Model, image: Image<Uint8Array>, truth: Image<Uint8Array>): Promise<HeadView[]> {
  const modes = outputsOf(model.config);
  return Promise.all(
    modes.map(async (mode, k) => {
      const prediction = await model.predict(image, { mode });
      const { dice } = overlapScores(confusionCounts(toMask(prediction).data, truth.data, 1));
      return { mode, milliseconds: 0.8 + 1.7 * k, ...prediction, dice };
    }),
  );
}

async function exampleOf(
  model: Model,
  { name, image, mask }: { readonly name: string; readonly image: Image<Uint8Array>; readonly mask: Image<Uint8Array> },
): Promise<ExampleView> {
  const predicted = await model.predictMask(image);
  const { dice } = overlapScores(confusionCounts(predicted.data, mask.data, 1));
  return { name, image: toRgb(image), target: mask, mask: predicted, dice };
}

/** What each node computes: the ReLU after its second convolution. */
async function featuresOf(model: Model, image: Image<Uint8Array>): Promise<NodeView[]> {
  const network = recordNetwork(model.config, { batch: 1, width: SIZE, height: SIZE });
  const { nodes } = network.graph;
  const readers = (tensor: Tensor) => nodes.filter(({ inputs }) => inputs.includes(tensor));
  const outputs = nodesOf(model.config).map(([i, j]) => {
    const [weights] = [...network.parameters].find(([, { name }]) => name === `conv${i}_${j}.conv2.weight`)!;
    let node = readers(weights)[0]!;
    while (node.op.name !== 'relu') node = readers(node.outputs[0]!).find(({ op }) => op.name !== 'moments')!;
    return node.outputs[0]!;
  });
  const values = await new Inference({ network, outputs }, model.parameters).run(
    prepare(image, model.config, model.card.preprocessing).data,
  );
  return nodesOf(model.config).map(([i, j], k) => {
    const [, height, width, channels] = outputs[k]!.shape as [number, number, number, number];
    const maps = Array.from({ length: channels }, (_, c) => {
      const channel = Float32Array.from({ length: width * height }, (_, p) => values[k]![p * channels + c]!);
      const high = Math.max(...channel);
      const energy = channel.reduce((sum, value) => sum + value * value, 0);
      const data = Uint8Array.from(channel, (value) => (high > 0 ? Math.round((255 * value) / high) : 0));
      return { energy, map: { width, height, channels: 1, data } };
    });
    const strongest = maps.sort((a, b) => b.energy - a.energy).slice(0, 8);
    return { i, j, width, height, channels, maps: strongest.map(({ map }) => map) };
  });
}

/** The plan of a training on the phantom, as the tables of the command line have it. */
function planView(): PlanView {
  const values: Readonly<Record<string, unknown>> = { ...completeOptions({}) };
  const options = Object.entries(trainGroups).flatMap(([group, table]) =>
    Object.entries<OptionSpec | null>(table).flatMap(([name, spec]): PlannedOption[] => {
      if (!spec) return [];
      const choices = (spec.parse as { readonly choices?: readonly unknown[] }).choices?.map(onCommandLine) ?? null;
      const isSwitch = !spec.flag.includes('<');
      const value = values[name];
      return [
        {
          name,
          flag: flagOf(table, name),
          help: spec.help,
          value: value === undefined ? '' : onCommandLine(value),
          reason: name === 'batch' ? 'A twelfth of the training images, so that an epoch has steps enough.' : null,
          choices: isSwitch ? ['true', 'false'] : choices,
          group,
        },
      ];
    }),
  );
  return { options, memoryBytes: 312_000_000, availableBytes: 2_100_000_000, minutes: 1.4 };
}
