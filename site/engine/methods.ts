/** The engine: the methods of `Engine`, over the application. */

import { wholeWindow } from '../../src/image/window.js';
import { compare } from './compare.js';
import { correct } from './corrections.js';
import { check, isModel, take } from './data.js';
import { diagnosticsText } from './diagnostics.js';
import { exportMasks, exportModel } from './exports.js';
import { featuresOf } from './features.js';
import { Images } from './images.js';
import { classNamesOf, openModel } from './models.js';
import { parseGiven, planOf } from './plan.js';
import type { Engine } from './protocol.js';
import { Session, type Surroundings } from './session.js';
import { forget, runViews, storageView } from './storage.js';
import { Training } from './training.js';

/** Makes an engine. */
export function createEngine(surroundings: Surroundings): Engine {
  const session = new Session(surroundings);
  const images = new Images();
  const training = new Training(session);
  /** How the open model reads files; where none is open, as they are. */
  const reading = () => session.opened?.model.card.preprocessing ?? {};

  return {
    start: (wanted) => session.start(wanted),
    diagnostics: () => diagnosticsText(session),

    async take(name, files, onProgress) {
      if (isModel(files)) return { kind: 'model', model: await openModel(session, { file: files[0].file }) };
      return take({ images, copyData: surroundings.copyData }, name, files, onProgress);
    },
    check: (data, onProgress) => check(data, onProgress),

    plan: async (data, given) => planOf({ ...session.computing, ...parseGiven(data, given) }, {}),
    train: (...args) => training.train(...args),
    resume: (...args) => training.resume(...args),
    stop: async () => training.stop(),
    pause: async (paused) => training.pause(paused),
    runs: runViews,

    openModel: (source) => openModel(session, source),
    openImage: (source) => images.open(source, reading()),
    glance: (source) => images.glance(source, reading()),
    slice: (image, slice) => images.view(image, slice),

    compare: (id, slice, onMean) =>
      session.inTurn(async () => {
        const image = images.get(id, slice);
        const source = await image.slice(slice, reading());
        return compare(session.open.model, source, await image.mask(slice), image.name, onMean);
      }),
    features: (id, slice) =>
      session.inTurn(async () => {
        const { model } = session.open;
        const source = await images.get(id, slice).slice(slice, reading());
        return featuresOf(model, await source.read(wholeWindow(source)));
      }),

    correct: (id, slice, mask) =>
      session.inTurn(async () => {
        const { model } = session.opened ?? {};
        return correct(images.get(id, slice), slice, mask, model && classNamesOf(model), reading());
      }),

    exportModel: (format) => session.inTurn(() => exportModel(session.open, format)),
    exportMasks: (mode, threshold, onProgress) =>
      session.inTurn(() => exportMasks(session.open, images, { mode, threshold }, onProgress)),

    storage: storageView,
    forget: (name) => forget(name, training),
  };
}
