/**
 * The network in TensorFlow.js, on any of its backends: the recorded graph, op by op, in NHWC as here. Loss, gradients and
 * Adam are its own.
 */
import { leafOf, liveNodes } from '../../dist/src/graph/graph.js';
import { recordNetwork } from '../../dist/src/network/network.js';

/** As in ../workload.ts. */
const LEARNING_RATE = 3e-4;

export async function tfjsNetwork(tf, { model, image, examples, size }) {
  const values = await model.parameters.read();
  const variables = new Map(
    model.parameters.list.map(({ name, shape, kind }) => {
      const tensor = tf.tensor(values.get(name), shape);
      return [name, tf.variable(kind === 'convTranspose2d' ? turned(tf, tensor) : tensor)];
    }),
  );
  const stack = (planes) => {
    const data = Float32Array.from(planes.flatMap((plane) => [...plane]));
    return tf.tensor(data, [planes.length, size, size, 1]);
  };
  const network = (batch) =>
    forwardOf(tf, recordNetwork(model.config, { batch, height: size, width: size }), variables);
  const one = network(1);
  const all = network(examples.length);
  const x = tf.tensor(image.data, image.shape);
  const xs = stack(examples.map((example) => example.image.data));
  const target = stack(examples.map((example) => example.mask.data));
  const optimizer = tf.train.adam(LEARNING_RATE, 0.9, 0.999, 1e-8);

  return {
    /** The logits of all heads. */
    async infer() {
      const logits = tf.tidy(() => one(x));
      const results = await Promise.all(logits.map((tensor) => tensor.data()));
      tf.dispose(logits);
      return results;
    },
    /** A step of training; its loss before the step. */
    async train() {
      const cost = optimizer.minimize(() => meanLoss(tf, all(xs), target), true, [...variables.values()]);
      const [loss] = await cost.data();
      cost.dispose();
      return loss;
    },
  };
}

/** Filters of transposed convolutions are [k,k,out,in] there. */
function turned(tf, filter) {
  return tf.transpose(filter, [0, 1, 3, 2]);
}

function forwardOf(tf, { heads, parameters }, variables) {
  const logits = heads.map((head) => head.logits);
  const nodes = liveNodes(logits);
  return (x) => {
    const tensors = new Map([...parameters].map(([leaf, { name }]) => [leaf, variables.get(name)]));
    for (const node of nodes) {
      const inputs = node.inputs.map((tensor) => tensors.get(tensor));
      const y = node.outputs[0];
      if (leafOf(y)?.kind === 'input') tensors.set(y, x);
      else if (!leafOf(y)) tensors.set(y, OPS[node.op.name](tf, inputs, node));
    }
    return logits.map((tensor) => tensors.get(tensor));
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

/** 0.5 cross-entropy + (1 - Dice), the mean of all heads. */
function meanLoss(tf, heads, target) {
  return tf.mean(
    tf.stack(
      heads.map((logits) => {
        const crossEntropy = tf.losses.sigmoidCrossEntropy(target, logits);
        const found = tf.sigmoid(logits);
        const overPixels = [1, 2, 3];
        const hits = tf.mul(2, tf.sum(tf.mul(found, target), overPixels));
        const both = tf.add(tf.sum(found, overPixels), tf.sum(target, overPixels));
        const dice = tf.mean(tf.div(tf.add(hits, 1), tf.add(both, 1)));
        return tf.add(tf.mul(0.5, crossEntropy), tf.sub(1, dice));
      }),
    ),
  );
}
