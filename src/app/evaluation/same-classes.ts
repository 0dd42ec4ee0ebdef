/** Whether models and the data that they are measured on mean the same by the numbers of classes. */
import { deepEqual } from '../../base/deep-equal.js';
import { InputError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { Dataset } from '../../data/dataset.js';
import { areNumbered } from '../../data/folder/class-masks.js';
import type { LoadedModel } from '../models/load-models.js';

/**
 * Refuses data whose classes have other names than those of the models, or the same in another order: class 1 of a mask
 * would be scored against another class. Where there is one class, which people call as they like, where one side has no
 * names, and where their numbers differ, nothing is compared.
 * @throws InputError that gives both lists
 */
export function requireSameClasses(
  loaded: readonly Pick<LoadedModel, 'file' | 'model'>[],
  { source, classNames }: Pick<Dataset, 'source' | 'classNames'>,
): void {
  // Models that predict together call their classes the same.
  const { file, model } = loaded.find(({ model }) => model.card.classNames) ?? loaded[0]!;
  const known = model.card.classNames;
  if (!known || known.length === 1 || known.length !== classNames.length || areNumbered(classNames)) return;
  if (deepEqual(known, classNames)) return;
  const isSameSet = classNames.every((name) => known.includes(name));
  const advice = `give its classes the ${isSameSet ? 'order' : 'names'} of the model's`;
  throw new InputError(`${source} has the classes ${show(classNames)}, ${file} ${show(known)}; ${advice}`);
}
