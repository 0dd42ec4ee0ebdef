/** Models: opened from a file, from a run or by name, and what the page shows of them. */

import { files } from '#platform/data.js';
import { keepFile } from '#platform/home.js';
import { findModel } from '#platform/named-models.js';
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

/** The folder of models that were opened from files: a training can begin from them. */
export const MODELS = 'models';

type Source = Parameters<Engine['openModel']>[0];

/** Opens a model in place of the one before. @throws InputError in one line for what is none */
export async function openModel(session: Session, source: Source): Promise<ModelView> {
  const found = await read(source);
  return session.inTurn(async () => {
    const open = await session.replace(found);
    if ('file' in source) await keepFile(open.initFrom, open.bytes);
    return viewOf(open);
  });
}

async function read(source: Source): Promise<Omit<OpenModel, 'model'>> {
  if ('file' in source) {
    const { name, size } = source.file;
    checkFileSize(size, name);
    const bytes = new Uint8Array(await source.file.arrayBuffer());
    return { name, initFrom: files.join(MODELS, name), bytes };
  }
  if ('run' in source) {
    const file = files.join(source.run, 'model.safetensors');
    return { name: source.run, initFrom: file, bytes: await files.read(file) };
  }
  const { bundled } = source;
  return { name: bundled, initFrom: bundled, bytes: await files.read(findModel(bundled)) };
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
