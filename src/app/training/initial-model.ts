/** `train --init-from`: the model that a training begins from. */

import { readFileChecked } from '#platform/files/read.js';
import { findModel } from '#platform/named-models.js';
import { ReferenceBackend } from '../../backend/reference.js';
import { defined } from '../../base/defaults.js';
import { InputError } from '../../base/errors.js';
import type { Preprocessing } from '../../image/prepare.js';
import { contradiction } from '../../model/initialise-from.js';
import type { Model } from '../../model/model.js';
import { decodeModel, weightsSha256 } from '../../model/modelfile.js';
import type { ModelConfig } from '../../network/config.js';
import { flagOf, onCommandLine } from '../options/option.js';
import { type TrainCommandOptions, trainTable } from '../options/train-options.js';

/** The weights that a training begins from. */
export interface InitialModel {
  readonly file: string;
  /** The `weightsSha256` of the model. */
  readonly sha256: string;
  /** The model; absent where a run resumes from a checkpoint, which needs no file. */
  readonly source?: Model;
}

type Given = Partial<TrainCommandOptions>;

/**
 * Adds the network and the preprocessing of the model that `--init-from` names, if it does; what is given has precedence.
 * @throws InputError for a file that is no model
 */
export async function withInitialModel(given: Given): Promise<Given> {
  const initial = await readInitialModel(given);
  if (!initial) return given;
  const { config, card } = initial.source;
  const { filters, skips, deepSupervision, norm, upsample, dropout } = config;
  const network = { filters, skips, deepSupervision, norm, upsample, dropout };
  const { normalisation } = card.preprocessing;
  return { ...network, normalisation, ...framing(given, card.preprocessing), ...defined(given) };
}

/** The size or the patch of a model, and what belongs to it, unless the other of the two is given. */
function framing(given: Given, { size, fit, patch, spacing }: Preprocessing): Given {
  if (size !== undefined && given.patch === undefined) return { size, ...(fit && { fit }) };
  if (patch !== undefined && given.size === undefined) return { patch, ...(spacing !== undefined && { spacing }) };
  return {};
}

/** Reads the model that a training is to begin from, where there is one. @throws InputError for a file that is none */
export async function readInitialModel({ initFrom }: Given): Promise<Required<InitialModel> | undefined> {
  if (initFrom === undefined) return undefined;
  const file = findModel(initFrom);
  // Nothing is computed with it.
  const source = await decodeModel(await readFileChecked(file), file, new ReferenceBackend());
  return { file, sha256: await weightsSha256(source), source };
}

/** @throws InputError that names the option, both values and the file, where the weights would be of no use */
export function requireSameNetwork(config: ModelConfig, { file, source }: InitialModel): void {
  const field = source && contradiction(config, source.config);
  if (field === undefined) return;
  const [here, there] = [config, source!.config].map((each) => onCommandLine(each[field]));
  const flag = flagOf(trainTable, field);
  throw new InputError(
    `${flag} is ${here}, but the network in ${file} has ${there}, and its weights are of no use in another; leave ${flag} out, or --init-from`,
  );
}
