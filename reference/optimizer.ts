/** Parameter updates of SGD and Adam, norms of gradients and what they clip, and interpolation. */
import type {
  AdamGeometry,
  ChunkNormsGeometry,
  ClipRatesGeometry,
  LerpGeometry,
  SgdGeometry,
} from '../src/ops/optimizer.js';
import type { Kernel } from './kernel.js';

/** (p, g, v, [rate, factor]) -> p', v': v' = momentum v + factor g + weightDecay p, p' = p - rate v'. */
export const sgd: Kernel<SgdGeometry> = ({ length, momentum, weightDecay }, [p, g, v, rates], [pNew, vNew]) => {
  const [rate, factor] = rates;
  for (let i = 0; i < length; i++) {
    const parameter = p[i];
    const velocity = momentum * v[i] + (factor * g[i] + weightDecay * parameter);
    vNew[i] = velocity;
    pNew[i] = parameter - rate * velocity;
  }
};

/**
 * (p, g, m, v, [rate, 1 / (1 - beta1^t), 1 / sqrt(1 - beta2^t), factor]) -> p', m', v'. The gradient is factor g. Weight
 * decay is added to it (Adam), or taken off the parameter before the step (AdamW, `decoupled`).
 */
export const adam: Kernel<AdamGeometry> = (options, [p, g, m, v, rates], [pNew, mNew, vNew]) => {
  const { length, beta1, beta2, epsilon, weightDecay, decoupled } = options;
  const [rate, correction1, correction2, factor] = rates;
  for (let i = 0; i < length; i++) {
    const parameter = decoupled ? p[i] - rate * weightDecay * p[i] : p[i];
    const scaled = factor * g[i];
    const gradient = decoupled ? scaled : scaled + weightDecay * p[i];
    const first = beta1 * m[i] + (1 - beta1) * gradient;
    const second = beta2 * v[i] + (1 - beta2) * gradient ** 2;
    mNew[i] = first;
    vNew[i] = second;
    pNew[i] = parameter - (rate * correction1 * first) / (Math.sqrt(second) * correction2 + epsilon);
  }
};

/** x -> the Euclidean norm of each chunk. */
export const chunkNorms: Kernel<ChunkNormsGeometry> = ({ length, chunk }, [x], [norms]) => {
  for (let start = 0, k = 0; start < length; start += chunk, k++) {
    let sum = 0;
    for (let i = start; i < Math.min(start + chunk, length); i++) sum += x[i] ** 2;
    norms[k] = Math.sqrt(sum);
  }
};

/** (norms, rates) -> rates, the last one times min(1, limit / (norm + epsilon)): a norm of NaN gives NaN. */
export const clipRates: Kernel<ClipRatesGeometry> = ({ limit, epsilon }, [norms, rates], [clipped]) => {
  let sum = 0;
  for (const norm of norms) sum += norm * norm;
  clipped.set(rates);
  clipped[rates.length - 1] *= Math.min(1, limit / (Math.sqrt(sum) + epsilon));
};

/** (a, b, [w]) -> a + w (b - a). */
export const lerp: Kernel<LerpGeometry> = ({ length }, [start, end, weight], [between]) => {
  for (let i = 0; i < length; i++) between[i] = start[i] + weight[0] * (end[i] - start[i]);
};
