/**
 * Ours and the others on the adapter of one `navigator.gpu`. This module is bundled with all that it imports, for a page
 * and for Node on Dawn.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-webgpu';
import { Workload } from '../../../dist/bench/workload.js';
import { WebGpuBackend } from '../../../dist/src/backend/webgpu/backend.js';
import { openDevice } from '../../../dist/src/backend/webgpu/device.js';
import { openOrt } from '../ort.mjs';
import { checkLogits, checkLoss } from '../same.mjs';
import { tfjsNetwork } from '../tfjs-network.mjs';

export class Contest {
  /** The work of each system, by name: `infer` gives logits, `train` a loss. */
  #systems = new Map();
  /** What ours computed, by work and run. */
  #expected = { infer: [], train: [] };
  #runs = new Map();
  #adapters = new Set();

  /** @returns the adapter: its name, and whether it is a program */
  async open(options) {
    this.#watchAdapters();
    const { device, adapter, software } = await openDevice(navigator.gpu);
    const workload = new Workload(options, new WebGpuBackend({ device, adapter }));
    this.#systems.set('unetpp', workload);
    const { model, image, examples } = workload;
    const subject = { ...options, model, image, examples };
    await tf.setBackend('webgpu');
    await tf.ready();
    this.#systems.set('@tensorflow/tfjs-backend-webgpu', await tfjsNetwork(tf, subject));
    if (options.ort) this.#systems.set('onnxruntime-web', ortSystem(options.ort, subject));
    return { adapter, software };
  }

  /** Runs a system once. Ours comes first, as the results of all others are held against its own. @returns milliseconds */
  async run(name, work) {
    const started = performance.now();
    const result = await this.#systems.get(name)[work]();
    const ms = performance.now() - started;
    const key = `${name} ${work}`;
    const count = this.#runs.get(key) ?? 0;
    this.#runs.set(key, count + 1);
    if (name === 'unetpp') this.#expected[work].push(result);
    else if (work === 'infer') checkLogits(name, result, this.#expected.infer[count]);
    else checkLoss(name, result, this.#expected.train[count]);
    if (this.#adapters.size > 1) throw new Error(`not all computed on one adapter: ${[...this.#adapters].join('; ')}`);
    return ms;
  }

  /** Notes which adapters the systems are given. */
  #watchAdapters() {
    const { gpu } = navigator;
    const request = gpu.requestAdapter.bind(gpu);
    gpu.requestAdapter = async (options) => {
      const adapter = await request(options);
      if (adapter)
        this.#adapters.add(`${adapter.info.vendor}, ${adapter.info.architecture}, ${adapter.info.description}`);
      return adapter;
    };
  }
}

/** Its session is opened by the first run, as it compiles then. It does not train. */
function ortSystem(url, subject) {
  let session;
  return {
    infer: async () => {
      session ??= openOrt(await import(url), 'webgpu', subject);
      return (await session)();
    },
  };
}
