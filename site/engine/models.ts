/** Models: opened from a file, from a run or by name, and what the page shows of them. */

import { files } from '#platform/data.js';
import { keepFile } from '#platform/files/kept.js';
import { exists } from '#platform/files/paths.js';
import { sha256OfParts } from '../../src/base/sha256.js';
import { costSize } from '../../src/cli/tables/costs.js';
import { trainingFacts } from '../../src/cli/tables/training-facts.js';
import { numberedClasses } from '../../src/data/folder/class-masks.js';
import { checkFileSize } from '../../src/formats/limits.js';
import { liveLeaves } from '../../src/graph/graph.js';
import { sizeOf } from '../../src/graph/shape.js';
import { recordInference } from '../../src/infer/inference.js';
import type { Model } from '../../src/model/model.js';
import { weightsSha256 } from '../../src/model/modelfile.js';
import { networkCost } from '../../src/model/summary.js';
import { thresholdOf } from '../../src/model/threshold.js';
import { levelsOfMode, outputsOf } from '../../src/network/mode.js';
import { nodesFor } from '../../src/network/network.js';
import type { Engine, ModelView } from './protocol.js';
import type { OpenModel, Session } from './session.js';

const FLOAT = 4;
const MODEL = 'model.safetensors';

/** The folder of models that trainings began from and that are of no run. */
export const MODELS = 'models';

type Source = Parameters<Engine['openModel']>[0];

/** Opens a model in place of the one before. @throws InputError in one line for what is none */
export async function openModel(session: Session, source: Source): Promise<ModelView> {
  const found = await read(session, source);
  return session.inTurn(async () => viewOf(await session.replace(found)));
}

/** Keeps the open model where a training that begins from it looks for it, unless it is there. */
export async function keepOpen({ opened }: Session, initFrom: unknown): Promise<void> {
  if (opened && opened.initFrom === initFrom && !(await exists(opened.initFrom))) {
    await keepFile(opened.initFrom, opened.bytes);
  }
}

async function read({ surroundings }: Session, source: Source): Promise<Omit<OpenModel, 'model'>> {
  if ('file' in source) {
    const { name, size } = source.file;
    checkFileSize(size, name);
    const bytes = new Uint8Array(await source.file.arrayBuffer());
    // Models of one name are told apart by their bytes.
    const digest = (await sha256OfParts([bytes])).slice(0, 8);
    return { name, initFrom: files.join(MODELS, digest, name), bytes };
  }
  if ('run' in source) {
    const file = files.join(source.run, MODEL);
    return { name: source.run, initFrom: file, bytes: await files.read(file) };
  }
  const { bundled } = source;
  return { name: bundled, initFrom: files.join(MODELS, bundled, MODEL), bytes: await surroundings.bundled(bundled) };
}

/** What the classes 1, 2, … of a model are called. */
export function classNamesOf({ config, card }: Model): readonly string[] {
  return card.classNames ?? numberedClasses(Math.max(1, config.classes - 1));
}

/** What the page shows of a model; costs are those of an image of the size that `info` states them for. */
export async function viewOf({ name, model, initFrom }: OpenModel): Promise<ModelView> {
  const { config, card, parameters } = model;
  const side = costSize(model);
  const size = { width: side, height: side };
  const outputs = outputsOf(config).map((mode) => {
    const { outputs } = recordInference(config, [mode], { batch: 1, ...size });
    const weights = liveLeaves(outputs, 'parameter').map(({ shape }) => sizeOf(shape));
    return {
      mode,
      ...networkCost(config, mode, size),
      bytes: FLOAT * weights.reduce((sum, length) => sum + length, 0),
      threshold: thresholdOf(model, mode),
      nodes: nodesFor(parameters.network, levelsOfMode(mode, config)),
    };
  });
  return {
    name,
    initFrom,
    config,
    weightsSha256: await weightsSha256(model),
    classNames: classNamesOf(model),
    size: side,
    outputs,
    about: card.training ? trainingFacts(card.training) : ['not known: it was not trained here'],
  };
}
