/** ONNX Runtime, native (onnxruntime-node) or in WebAssembly (onnxruntime-web). */
import { headName, INPUT, toOnnx } from './onnx.mjs';

/**
 * @param {'onnxruntime-node' | 'onnxruntime-web'} name
 * @returns {Promise<() => Promise<Float32Array[]>>} the logits of all heads
 */
export async function openOrt(name, { model, image, size, threads }) {
  const ort = await import(name);
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(toOnnx(model, size), {
    executionProviders: [name === 'onnxruntime-web' ? 'wasm' : 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  // One channel: NHWC and NCHW are the same.
  const feeds = { [INPUT]: new ort.Tensor('float32', image.data, [1, 1, size, size]) };
  return async () => {
    const results = await session.run(feeds);
    return session.outputNames.map((_, k) => results[headName(k)].data);
  };
}
