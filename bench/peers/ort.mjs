/** ONNX Runtime: native (onnxruntime-node), or in a page or Node by WebAssembly or WebGPU (onnxruntime-web). */
import { exportOnnx } from '../../dist/src/core.js';

/**
 * @param ort the package
 * @param {'cpu' | 'wasm' | 'webgpu'} provider what computes
 * @returns {Promise<() => Promise<Float32Array[]>>} the logits of all heads
 */
export async function openOrt(ort, provider, { model, image, size, threads = 1 }) {
  ort.env.wasm.numThreads = threads;
  const file = await exportOnnx(model, { output: 'logits', size: { width: size, height: size }, batch: 1 });
  const session = await ort.InferenceSession.create(file, {
    executionProviders: [provider],
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
