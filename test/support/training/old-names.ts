/** The options of version 0.1.0, as old run folders hold them. */

/** Options as version 0.1.0 stored them: under names of their own. */
export function withOldNames(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { learningRate: lr, minLearningRate: minLr, emaDecay: ema, normalisation, initialisation, ...others } = options;
  const { maxGradientNorm: clip, ...same } = others;
  return { ...same, lr, minLr, clip, ema, normalise: normalisation, init: initialisation };
}
