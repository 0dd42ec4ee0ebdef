/** Pruning (Zhou et al., 2018, section 3.2): the network cut down to one head, as a model of its own. */
import { InputError } from '../base/errors.js';
import { levelsOf, type ModelConfig, upToLevel } from '../network/config.js';
import { levelName } from '../network/mode.js';
import { headName, recordSquare } from '../network/network.js';
import { ParameterStore } from '../network/parameters.js';
import type { ModelCard } from './card.js';
import { Model } from './model.js';

/** The configuration of the pruned network: as deep as its one head. */
export function pruneConfig(config: ModelConfig, level: number): ModelConfig {
  return { ...upToLevel(config, level), deepSupervision: false };
}

/**
 * Returns a smaller model whose output equals that of head `level`, bit for bit. It has memory of its own on the same
 * backend. What the card says of this head stays; a recommendation does not, as there is nothing left to choose.
 * @throws InputError for a level that has no head, or a network of one head, of which nothing can be left out
 */
export function prune(model: Model, level: number): Model {
  const { config, backend } = model;
  if (!config.deepSupervision) {
    const only = levelName(levelsOf(config)[0]!);
    throw new InputError(
      `prune: this network was built without deep supervision: ${only} is its only head and needs all of it`,
    );
  }
  if (!levelsOf(config).includes(level)) {
    const heads = levelsOf(config).map(levelName).join(', ');
    throw new InputError(`prune: no head at level ${level}; this network has ${heads}`);
  }
  const pruned = pruneConfig(config, level);
  const parameters = new ParameterStore(recordSquare(pruned), backend);
  const oldHead = headName(config, level);
  const newHead = headName(pruned, level);
  for (const { name } of parameters.list) {
    const [module = '', ...rest] = name.split('.');
    const source = [module === newHead ? oldHead : module, ...rest].join('.');
    parameters.get(name).copyFrom(model.parameters.get(source));
  }
  parameters.weightsChanged();
  return new Model(pruned, parameters, pruneCard(model.card, level));
}

/** What is known of the one head that is left. */
function pruneCard(card: ModelCard, level: number): ModelCard {
  const { preprocessing, thresholds, classNames, training } = card;
  const head = levelName(level);
  const threshold = thresholds[head];
  const postprocessing = card.postprocessing?.[head];
  return {
    preprocessing,
    thresholds: threshold === undefined ? {} : { [head]: threshold },
    ...(postprocessing && { postprocessing: { [head]: postprocessing } }),
    ...(classNames && { classNames }),
    training: training && { prunedTo: head, ...training },
  };
}
