/** TensorFlow.js on its WebAssembly backend: the recorded graph, op by op, in NHWC as here. */
import { leafOf, liveNodes } from '../../dist/src/graph/graph.js';
import { recordNetwork } from '../../dist/src/network/network.js';

/** @returns {Promise<() => Promise<Float32Array[]>>} the logits of all heads */
export async function openTfjs({ model, image, size, threads }) {
  const [tf, wasm] = await Promise.all(['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'].map(load));
  wasm.setThreadsCount(threads);
  await tf.setBackend('wasm');
  await tf.ready();
  const { heads } = recordNetwork(model.config, { batch: 1, height: size, width: size });
  const logits = heads.map((head) => head.logits);
  const nodes = liveNodes(logits);
  const parameters = new Map(
    nodes
      .map((node) => node.outputs[0])
      .filter((tensor) => leafOf(tensor)?.kind === 'parameter')
      .map((leaf) => [leaf, tf.tensor(model.parameters.get(leafOf(leaf).name).data.slice(), leaf.shape)]),
  );
  const upsampling = nodes.filter((node) => node.op.name === 'convTranspose2d').map((node) => node.inputs[1]);
  // Filters of transposed convolutions are [k,k,out,in] there.
  for (const w of upsampling) parameters.set(w, tf.transpose(parameters.get(w), [0, 1, 3, 2]));
  const x = tf.tensor(image.data, image.shape);

  return async () => {
    const values = tf.tidy(() => {
      const tensors = new Map(parameters);
      for (const node of nodes) {
        const inputs = node.inputs.map((tensor) => tensors.get(tensor));
        const y = node.outputs[0];
        if (leafOf(y)?.kind === 'input') tensors.set(y, x);
        else if (!leafOf(y)) tensors.set(y, OPS[node.op.name](tf, inputs, node));
      }
      return logits.map((tensor) => tensors.get(tensor));
    });
    const results = values.map((tensor) => tensor.dataSync());
    tf.dispose(values);
    return results;
  };
}

/** Those of our ops that inference uses. */
const OPS = {
  conv2d(tf, inputs, { geometry }) {
    const [filter, bias] = inputs.slice(-2);
    const xs = inputs.slice(0, -2);
    const x = xs.length > 1 ? tf.concat(xs, 3) : xs[0];
    const activation = geometry.relu ? 'relu' : 'linear';
    return tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation });
  },
  convTranspose2d: (tf, [x, w, b], { outputs }) => tf.add(tf.conv2dTranspose(x, w, outputs[0].shape, 2, 'same'), b),
  maxPool2d: (tf, [x]) => tf.maxPool(x, 2, 2, 'valid'),
};

/** These packages are CommonJS. */
async function load(name) {
  const module = await import(name);
  return module.default ?? module;
}
