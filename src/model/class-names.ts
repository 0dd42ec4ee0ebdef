/** What the classes of a model are called. The names travel with it, so that results can be named by them. */
import { InputError } from '../base/errors.js';
import { plural } from '../base/quantities.js';
import { show } from '../base/show.js';
import type { ModelConfig } from '../network/config.js';

/** How many characters a name may have: as many as that of a folder, which may name a class, too. */
const LONGEST = 255;

/**
 * Checks the names of the classes 1, 2, … of a network, without the background.
 * @param source what errors begin with
 * @throws InputError unless there is a name for each class, all of them different and on one line
 */
export function parseClassNames(
  value: unknown,
  { classes }: Pick<ModelConfig, 'classes'>,
  source: string,
): readonly string[] {
  const count = Math.max(1, classes - 1);
  const isList = Array.isArray(value) && value.length === count && value.every(isName);
  if (isList && new Set(value).size === count) return value;
  throw new InputError(
    `${source}: expected ${plural(count, 'different name')} of 1 to ${LONGEST} characters without control characters, found ${show(value)}`,
  );
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.trim() !== '' && name.length <= LONGEST && !/\p{Cc}/u.test(name);
}

/** The names by which several models call their classes: those of the first that has some. */
export function classNamesOf(
  models: readonly { readonly card: { readonly classNames?: readonly string[] | undefined } }[],
): readonly string[] | undefined {
  return models.find(({ card }) => card.classNames)?.card.classNames;
}
