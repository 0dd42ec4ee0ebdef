/**
 * Every golden network of PyTorch through the production path, on the reference, on wasm and on WebGPU: import, logits,
 * losses, all gradients, and parameters and running statistics after the Adam steps.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import { ReferenceBackend } from '../../src/backend/reference.js';
import type { NdArray } from '../../src/backend/run.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { createBackend } from '../../src/index.js';
import { recordLoss } from '../../src/loss/loss.js';
import { fromTorch, toTorch } from '../../src/model/layout.js';
import type { Model } from '../../src/model/model.js';
import { importTorch } from '../../src/model/torch.js';
import type { Parameter } from '../../src/network/layers.js';
import { recordNetwork } from '../../src/network/network.js';
import { isTrainable } from '../../src/network/parameters.js';
import { gradients } from '../../src/ops/index.js';
import { type Example, TrainingStep } from '../../src/train/step/step.js';
import {
  type Golden,
  golden,
  type NetworkGoldenConfig,
  networkGoldens,
  readGolden,
} from '../support/backend/golden.js';
import { toNhwc } from '../support/backend/layout.js';
import { testWebGpu } from '../support/backend/webgpu.js';

const TOLERANCE = 1e-4;
const LOSS_TOLERANCE = 1e-5;

type Case = Golden<NetworkGoldenConfig>;

const webgpu = await testWebGpu();

const backends: readonly [string, () => Backend][] = [
  ['reference (float64)', () => new ReferenceBackend('float64')],
  ['wasm', () => createBackend('wasm')],
  ...(webgpu ? [['webgpu', () => webgpu] as [string, () => Backend]] : []),
];

for (const [backendName, createOne] of backends) {
  for (const name of networkGoldens) {
    test(`${name} on ${backendName}`, async () => {
      const file = await readGolden<NetworkGoldenConfig>(name);
      const model = await importGolden(name, file.config, createOne());
      const backend = model.backend;
      await checkEvaluation(model, file);
      await checkFirstPass(model, file, backend);
      await checkTraining(model, file);
    });
  }
}

/** The golden file as a user brings it in: `unetpp import-torch`. */
async function importGolden(name: string, config: NetworkGoldenConfig, backend: Backend): Promise<Model> {
  const path = join(import.meta.dirname, '../../../test/golden', `${name}.safetensors`);
  const { tensors } = await readSafetensors(await readFile(path), name);
  const { filters, inChannels, classes, upsample, skips } = config;
  const norm = config.batchNorm ? 'batch' : 'none';
  return importTorch(tensors, { filters, inChannels, classes, upsample, skips, norm }, { backend, file: name });
}

async function checkEvaluation(model: Model, file: Case): Promise<void> {
  const heads = await model.logits(inputOf(file));
  assert.is(heads.length, file.config.filters.length - 1);
  for (const [k, logits] of heads.entries()) {
    const key = `eval_logits/${k + 1}`;
    compare(logits, toNhwc(golden(file, key)).data, TOLERANCE, key);
  }
}

/** Logits, losses and the gradient of the image in training mode. */
async function checkFirstPass(model: Model, file: Case, backend: Backend): Promise<void> {
  const { batch, height, width } = file.config;
  const network = recordNetwork(model.config, { batch, height, width, training: true });
  const loss = recordLoss(network);
  const upstream = network.graph.input('upstream', [1]);
  const [dx] = gradients(loss.total, [network.input], upstream);
  const logits = network.heads.map((head) => head.logits);
  const program = backend.compile([...logits, ...loss.heads, dx!], model.parameters.bind(network));
  program.write(network.input, inputOf(file).data);
  program.write(loss.target, golden(file, 'target').data);
  program.write(upstream, [1]);
  program.run();
  for (const [k, tensor] of logits.entries()) {
    const key = `train_logits/${k + 1}`;
    compare(await program.read(tensor), toNhwc(golden(file, key)).data, TOLERANCE, key);
  }
  const losses = await Promise.all(loss.heads.map(async (tensor) => (await program.read(tensor))[0]!));
  compare(losses, golden(file, 'head_losses').data, LOSS_TOLERANCE, 'head_losses');
  compare(await program.read(dx!), toNhwc(golden(file, 'grad_input')).data, TOLERANCE, 'grad_input');
}

/** The training step: gradients of the first, losses of all, parameters after the last. */
async function checkTraining(model: Model, file: Case): Promise<void> {
  const { width, height, adamSteps, learningRate } = file.config;
  const step = new TrainingStep(model, { width, height });
  const examples = examplesOf(file);
  const { parameters } = model;
  for (let s = 0; s < adamSteps; s++) {
    const accumulated = await step.accumulate(examples.length, [async () => examples]);
    const [losses] = await accumulated.losses;
    compare([losses!.total], golden(file, `loss/${s}`).data, LOSS_TOLERANCE, `loss/${s}`);
    if (s === 0) await checkGradients(model, step, file);
    step.update(learningRate);
  }
  for (const parameter of parameters.list) {
    const { name, kind, shape } = parameter;
    const values = toTorch(kind, shape, await parameters.get(name).read());
    const expected = golden(file, `after/${name}`).data;
    within(values, expected, afterTolerance(parameter, file), `after/${name}`);
  }
}

async function checkGradients({ parameters }: Model, step: TrainingStep, file: Case): Promise<void> {
  const trainable = parameters.list.filter(isTrainable);
  const expected = (name: string) => golden(file, `grad/${name}`).data;
  // Where the terms cancel (a bias before batch norm) or ReLUs cut off nearly all, PyTorch rounds as much as it sums.
  const least = 1e-2 * Math.max(...trainable.map(({ name }) => scaleOf(expected(name))));
  for (const parameter of trainable) {
    const { name, kind, shape } = parameter;
    const slice = parameters.sliceOf(step.gradients, parameter);
    const gradient = toTorch(kind, shape, await slice.read());
    const bound = TOLERANCE * Math.max(scaleOf(expected(name)), least);
    within(gradient, expected(name), bound, `grad/${name}`);
    // From here on PyTorch's: Adam's first step is the sign of the gradient, however small, so that a single element which
    // is nearly 0 would be decided by rounding, and with it what comes after.
    slice.write(fromTorch(kind, shape, Float64Array.from(expected(name))));
  }
}

/**
 * The bound for the values after the steps. Batch norm removes the bias before it and hands it to its running mean: the
 * bias's gradient is rounding alone, which Adam turns into steps of up to the learning rate in either direction.
 */
function afterTolerance({ name, kind }: Parameter, file: Case): number {
  const { batchNorm, adamSteps, learningRate } = file.config;
  const apart = 2 * adamSteps * learningRate;
  if (batchNorm && /conv[12]\.bias$/.test(name)) return apart;
  if (kind === 'runningMean') return 0.1 * apart;
  return TOLERANCE * scaleOf(golden(file, `after/${name}`).data);
}

function inputOf(file: Case): NdArray {
  return toNhwc(golden(file, 'input'));
}

function examplesOf(file: Case): Example[] {
  const { batch, height, width, inChannels } = file.config;
  const image = Float32Array.from(inputOf(file).data);
  const mask = Uint8Array.from(golden(file, 'target').data);
  const pixels = height * width;
  return Array.from({ length: batch }, (_, n) => ({
    name: `image ${n}`,
    image: {
      width,
      height,
      channels: inChannels,
      data: image.slice(n * pixels * inChannels, (n + 1) * pixels * inChannels),
    },
    mask: { width, height, channels: 1, data: mask.slice(n * pixels, (n + 1) * pixels) },
    dropoutKey: [0, 0],
  }));
}

/** Errors relative to the largest element. */
function compare(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  within(actual, expected, tolerance * scaleOf(expected), what);
}

/** Absolute errors. */
function within(actual: ArrayLike<number>, expected: ArrayLike<number>, bound: number, what: string): void {
  assert.is(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    // Written so that NaN fails.
    if (!(error <= bound)) {
      assert.unreachable(`${what}: element ${i} is ${actual[i]}, expected ${expected[i]} within ${bound}`);
    }
  }
}

/** The largest magnitude. */
function scaleOf(values: ArrayLike<number>): number {
  let scale = 0;
  for (let i = 0; i < values.length; i++) scale = Math.max(scale, Math.abs(values[i]!));
  return scale;
}

test.after(() => webgpu?.close());
test.run();
