/** ONNX Runtime, native (onnxruntime-node) or in WebAssembly (onnxruntime-web). */
import { exportOnnx } from '../../dist/src/core.js';

/**
 * @param {'onnxruntime-node' | 'onnxruntime-web'} name
 * @returns {Promise<() => Promise<Float32Array[]>>} the logits of all heads
 */
export async function openOrt(name, { model, image, size, threads }) {
  const ort = await import(name);
  ort.env.wasm.numThreads = threads;
  const file = await exportOnnx(model, { output: 'logits', height: size, width: size });
  const session = await ort.InferenceSession.create(file, {
    executionProviders: [name === 'onnxruntime-web' ? 'wasm' : 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  // One channel: NHWC and NCHW are the same.
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', image.data, [1, 1, size, size]) };
  return async () => {
    const results = await session.run(feeds);
    return session.outputNames.map((output) => results[output].data);
  };
}
