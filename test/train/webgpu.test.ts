/** Trainings on WebGPU beside those on WebAssembly: the same losses nearly, their own bits always, and checkpoints of either. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Backend } from '../../src/backend/backend.js';
import {
  type Checkpoint,
  createBackend,
  createModel,
  encodeModel,
  type ModelConfig,
  type TrainOptions,
  trainModel,
  weightsSha256,
} from '../../src/index.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/train/checkpoint/checkpoint.js';
import { testWebGpu } from '../support/backend/webgpu.js';
import { squares } from '../support/training/squares.js';

/** How far losses may lie apart, relatively. */
const TOLERANCE = 1e-3;

const webgpu = await testWebGpu();
const wasm = createBackend('wasm', { threads: 1 });

interface Training {
  readonly config?: Partial<ModelConfig>;
  readonly classes?: number;
  readonly options?: TrainOptions;
}

/** All that is seen of a training. */
async function trained(backend: Backend, { config, classes, options }: Training) {
  const dataset = squares({ train: 8, size: 16, ...(classes && { classes }) });
  const model = createModel({ filters: [4, 8], classes: classes ? classes + 1 : 1, ...config }, { backend, seed: 2 });
  const losses: number[] = [];
  const norms: number[] = [];
  const checkpoints: Uint8Array[] = [];
  const observer = {
    step: ({ loss, gradientNorm }: { readonly loss: number; readonly gradientNorm: number }) => {
      losses.push(loss);
      norms.push(gradientNorm);
    },
  };
  const onCheckpoint = async (checkpoint: Checkpoint) => void checkpoints.push(await bytesOf(checkpoint));
  const all = {
    epochs: 3,
    batch: 4,
    microBatch: 2,
    learningRate: 3e-3,
    ...options,
    observers: [observer],
    onCheckpoint,
  };
  const validated: number[] = [];
  for await (const { validation } of trainModel(model, dataset, all)) validated.push(validation.loss);
  const result = {
    losses,
    norms,
    validated,
    checkpoints,
    sha256: await weightsSha256(model),
    file: await encodeModel(model),
  };
  model.free();
  return result;
}

async function bytesOf(checkpoint: Checkpoint): Promise<Uint8Array> {
  return Buffer.concat(await encodeCheckpoint(checkpoint));
}

function assertClose(found: readonly number[], expected: readonly number[], tolerance = TOLERANCE): void {
  assert.is(found.length, expected.length);
  for (const [k, value] of expected.entries()) {
    const error = Math.abs(found[k]! - value) / Math.abs(value);
    assert.ok(error <= tolerance, `number ${k} is ${found[k]}, expected ${value}`);
  }
}

if (webgpu) {
  const trainings: Readonly<Record<string, Training>> = {
    'of few options': {},
    'with batch norm, dropout, clipping and the moving average': {
      config: { norm: 'batch', dropout: 0.2 },
      options: { maxGradientNorm: 0.5, emaDecay: 0.9 },
    },
    'with group norm, AdamW and a schedule': {
      config: { norm: 'group', upsample: 'bilinear' },
      options: { optimizer: 'adamw', schedule: 'cosine' },
    },
    'with the Lovász loss and SGD': { options: { loss: { terms: [{ term: 'lovasz' }] }, optimizer: 'sgd' } },
    'of several classes': {
      classes: 3,
      options: { loss: { terms: [{ term: 'crossEntropy' }, { term: 'dice' }, { term: 'lovasz', weight: 0.5 }] } },
    },
  };
  for (const [name, training] of Object.entries(trainings)) {
    test(`a training ${name} has the losses of WebAssembly, and its own bits each time`, async () => {
      const [there, again, here] = [
        await trained(webgpu, training),
        await trained(webgpu, training),
        await trained(wasm, training),
      ];
      assert.equal(again, there);
      assertClose(there.losses, here.losses);
      assertClose(there.norms, here.norms, 10 * TOLERANCE);
      assertClose(there.validated, here.validated);
    });
  }

  test('a training goes on with the other backend, and ends near the undisturbed one', async () => {
    const training: Training = {
      config: { norm: 'batch', dropout: 0.1 },
      options: { emaDecay: 0.9, maxGradientNorm: 1, checkpointEvery: { steps: 1 }, epochs: 4 },
    };
    const [onGpu, onCpu] = [await trained(webgpu, training), await trained(wasm, training)];
    for (const [from, backend] of [
      [onGpu, wasm],
      [onCpu, webgpu],
    ] as const) {
      // After the first step of the second epoch, in its middle, and after that epoch.
      for (const k of [3, 5]) {
        const resume = await decodeCheckpoint(from.checkpoints[k]!, 'checkpoint');
        const { losses, validated, checkpoints } = await trained(backend, {
          ...training,
          options: { ...training.options, resume },
        });
        assertClose(losses, onCpu.losses.slice(-losses.length));
        assertClose(validated, onCpu.validated.slice(-validated.length));
        assert.is(checkpoints.length, from.checkpoints.length - k - 1);
        for (const bytes of checkpoints) await decodeCheckpoint(bytes, 'checkpoint');
      }
    }
  });

  test.after(() => webgpu.close());
}

test.run();
