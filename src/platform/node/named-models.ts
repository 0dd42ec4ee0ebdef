/** Models by name: `models/NAME/model.safetensors`, beside its card, README.md. Nothing is ever downloaded. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../../base/errors.js';
import { few } from '../../base/quantities.js';
import { packageModels } from './package-files.js';

const FILE = 'model.safetensors';

/** What is a name; everything else is a path. */
const NAME = /^[\w-]+$/;

/**
 * The folders of models, in the order in which they are looked through: that of UNETPP_MODELS, `models` in the working
 * directory, and where this runs in a checkout of the repository the one there.
 */
export function modelFolders(): string[] {
  const { UNETPP_MODELS: own } = process.env;
  const checkout = packageModels();
  const folders = [...(own ? [own] : []), 'models', ...(existsSync(checkout) ? [checkout] : [])];
  return folders.filter((folder, k) => folders.findIndex((other) => resolve(other) === resolve(folder)) === k);
}

/**
 * Finds the file of a model that is given by its path or its name: a word without an ending that is the name of no file.
 * @returns the path as it is given, or that of the model of this name in the first folder that has it
 * @throws InputError that says where a name was looked for, and which names there are
 */
export function findModel(given: string, lookIn: () => readonly string[] = modelFolders): string {
  if (!NAME.test(given) || isFile(given)) return given;
  const folders = lookIn();
  const found = folders.map((folder) => join(folder, given, FILE)).find(isFile);
  if (found !== undefined) return found;
  // A folder: whoever reads it says so.
  if (existsSync(given)) return given;
  const names = [...new Set(folders.flatMap(namesIn))].sort();
  const advice =
    names.length > 0
      ? 'give one of these names, or the path of a model file'
      : 'give the path of a model file, or name a folder of models in UNETPP_MODELS';
  const hold = `which ${folders.length > 1 ? 'hold' : 'holds'} ${names.length > 0 ? few(names, 12) : 'none'}`;
  throw new InputError(
    `${given}: neither a file nor a model of this name in ${folders.join(' or ')}, ${hold}; ${advice}`,
  );
}

/** The names of the models in a folder; none where there is no such folder. */
function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => isFile(join(folder, name, FILE))) : [];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
