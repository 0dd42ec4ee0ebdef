/** TensorFlow.js on its WebAssembly backend. */
import { tfjsNetwork } from './tfjs-network.mjs';

/** @returns {Promise<() => Promise<Float32Array[]>>} the logits of all heads */
export async function openTfjs(subject) {
  const [tf, wasm] = await Promise.all(['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'].map(load));
  wasm.setThreadsCount(subject.threads);
  await tf.setBackend('wasm');
  await tf.ready();
  return (await tfjsNetwork(tf, subject)).infer;
}

/** These packages are CommonJS. */
async function load(name) {
  const module = await import(name);
  return module.default ?? module;
}
