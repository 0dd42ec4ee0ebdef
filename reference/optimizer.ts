import type { AdamGeometry, SgdGeometry } from '../src/ops/optimizer.js';
import type { Kernel } from './kernel.js';

/** (p, g, v, [rate]) -> p', v': v' = momentum v + g + weightDecay p, p' = p - rate v'. */
export const sgd: Kernel<SgdGeometry> = ({ length, momentum, weightDecay }, [p, g, v, rate], [pNew, vNew]) => {
  for (let i = 0; i < length; i++) {
    const parameter = p[i];
    const velocity = momentum * v[i] + (g[i] + weightDecay * parameter);
    vNew[i] = velocity;
    pNew[i] = parameter - rate[0] * velocity;
  }
};

/**
 * (p, g, m, v, [rate, 1 / (1 - beta1^t), 1 / sqrt(1 - beta2^t)]) -> p', m', v'. Weight decay is added to the gradient
 * (Adam), or taken off the parameter before the step (AdamW, `decoupled`).
 */
export const adam: Kernel<AdamGeometry> = (options, [p, g, m, v, rates], [pNew, mNew, vNew]) => {
  const { length, beta1, beta2, epsilon, weightDecay, decoupled } = options;
  const [rate, correction1, correction2] = rates;
  for (let i = 0; i < length; i++) {
    const parameter = decoupled ? p[i] - rate * weightDecay * p[i] : p[i];
    const gradient = decoupled ? g[i] : g[i] + weightDecay * p[i];
    const first = beta1 * m[i] + (1 - beta1) * gradient;
    const second = beta2 * v[i] + (1 - beta2) * gradient ** 2;
    mNew[i] = first;
    vNew[i] = second;
    pNew[i] = parameter - (rate * correction1 * first) / (Math.sqrt(second) * correction2 + epsilon);
  }
};
