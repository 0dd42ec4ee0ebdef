/** What the worker of a model serves: the model is loaded once, and then segments pictures. */
import { invariant } from '../../../base/errors.js';
import { decodeImage } from '../../../formats/formats.js';
import type { Image } from '../../../image/image.js';
import { masksOf } from '../../../infer/masks.js';
import type { Prediction } from '../../../infer/prediction.js';
import type { ModelCard } from '../../../model/card.js';
import type { Model, PredictOptions } from '../../../model/model.js';
import { decodeModel } from '../../../model/modelfile.js';
import { type MaskOptions, maskRuleOf } from '../../../model/postprocessing.js';
import { resolveMode } from '../../../model/recommendation.js';
import type { ModelConfig } from '../../../network/config.js';
import { createWebBackend, type WebBackendOptions } from '../create-backend.js';
import type { Bytes } from './sources.js';

/** What a page is told of its model. */
export interface ModelFacts {
  readonly config: ModelConfig;
  readonly card: ModelCard;
  /** The name of the backend. */
  readonly backend: string;
  /** How many threads compute together. */
  readonly threads: number;
}

/** How a picture is segmented. */
export interface MaskingOptions extends PredictOptions, MaskOptions {
  /** Whether the probabilities are wanted, too. Default: false. */
  readonly probabilities?: boolean;
}

/** The mask of a picture at its own size: 0 or 1 for each pixel, or its class. */
export interface Segmented {
  readonly mask: Image<Uint8Array>;
  /** What the mask was made of, where it was asked for. */
  readonly prediction?: Prediction;
}

export type SegmentMethods = ReturnType<typeof segmentMethods>;

/** The methods, with the model that they share. */
export function segmentMethods() {
  let model: Model | undefined;
  return {
    async open({ bytes, name }: Bytes, options: WebBackendOptions, warn: (message: string) => void) {
      const backend = await createWebBackend({ ...options, warn });
      model = await decodeModel(bytes, name, backend);
      const { config, card } = model;
      return { config, card, backend: backend.name, threads: backend.threads } satisfies ModelFacts;
    },

    async segment(source: Bytes | Image, { probabilities, ...options }: MaskingOptions): Promise<Segmented> {
      invariant(model, 'segment before open');
      const image = 'bytes' in source ? await decodeImage(source.bytes, source.name) : source;
      if (!probabilities) return { mask: await model.predictMask(image, options) };
      const { mode = 'accurate' } = options;
      const prediction = await model.predict(image, options);
      const rule = maskRuleOf(model, resolveMode(mode, model), options);
      const [mask] = await masksOf(only([prediction]), image, [rule]);
      return { mask: mask!, prediction };
    },
  };
}

async function* only<T>(value: T): AsyncGenerator<T, void, void> {
  yield value;
}
