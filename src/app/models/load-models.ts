/** The models that a command computes with together: one, or several that fit each other. */
import { InputError } from '../../base/errors.js';
import { ensemble } from '../../model/ensemble.js';
import type { Model } from '../../model/model.js';
import { resolveMode } from '../../model/recommendation.js';
import type { Mode } from '../../network/mode.js';

/** A model with its file, and the mode in which it is used. */
export interface LoadedModel {
  readonly file: string;
  readonly model: Model;
  /** The mode resolved for this model. */
  readonly mode: Mode;
}

/**
 * Loads models one after the other.
 * @param mode the mode by its name, or 'auto', which is that of each model
 * @throws InputError for a file that is given twice, a mode that a model does not have, or models of different classes
 */
export async function loadModels(
  files: readonly string[],
  mode: string,
  load: (file: string) => Promise<Model>,
): Promise<LoadedModel[]> {
  const twice = files.find((file, k) => files.indexOf(file) < k);
  if (twice !== undefined) throw new InputError(`--model ${twice}: given twice; give each model once`);
  const loaded: LoadedModel[] = [];
  for (const file of files) {
    const model = await load(file);
    loaded.push({ file, model, mode: modeOf(model, mode, files.length > 1 ? file : undefined) });
  }
  // Refuses what does not fit together.
  ensemble(
    loaded.map(({ model }) => model),
    files,
  );
  return loaded;
}

/** @param file the model's file, where errors are to name it */
function modeOf(model: Model, mode: string, file: string | undefined): Mode {
  try {
    return resolveMode(mode, model);
  } catch (error) {
    if (file !== undefined && error instanceof InputError) error.message = `${file}: ${error.message}`;
    throw error;
  }
}

/** The mode that all models are used in; 'auto' where it is not the same one. */
export function commonMode(loaded: readonly LoadedModel[]): Mode | 'auto' {
  const { mode } = loaded[0]!;
  return loaded.every((other) => other.mode === mode) ? mode : 'auto';
}

/** What the result of a command says of the models that computed it. */
export interface UsedModel extends Omit<LoadedModel, 'model'> {}

export function usedModels(loaded: readonly LoadedModel[]): UsedModel[] {
  return loaded.map(({ file, mode }) => ({ file, mode }));
}
