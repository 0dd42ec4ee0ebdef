/** What a person says of a model that is exported as a package, as options have it. */
import type { Author } from '../../export/bioimage/description.js';
import { MODEL_NAME } from '../../export/bioimage/names.js';
import { oneOf, ValueError } from '../options/parsers.js';

/** The most characters of a description. */
const LONGEST = 1024;

export function modelName(text: string): string {
  if (MODEL_NAME.test(text)) return text;
  throw new ValueError('a name of 5 to 128 letters (a to z), digits, spaces and _+-()');
}

export function modelDescription(text: string): string {
  const isLine = text.trim() !== '' && !/\p{Cc}/u.test(text);
  if (isLine && text.length <= LONGEST) return text;
  throw new ValueError(`a line of 1 to ${LONGEST} characters`, isLine ? `; found ${text.length}` : '');
}

/** `NAME` or `NAME; AFFILIATION`, each time added to those before. */
export function author(text: string, before: readonly Author[] = []): readonly Author[] {
  const [name = '', affiliation, ...more] = text.split(';').map((part) => part.trim());
  if (name === '' || /[/\\\p{Cc}]/u.test(text.split(';')[0]!) || affiliation === '' || more.length > 0) {
    throw new ValueError('a name without slashes, perhaps with an affiliation: "Ada Lovelace; University of London"');
  }
  return [...before, { name, ...(affiliation !== undefined && { affiliation }) }];
}

/** The licences that people give to models, by their SPDX identifiers. */
export const license = oneOf([
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC-BY-NC-4.0',
  'CC-BY-NC-ND-4.0',
  'CC-BY-NC-SA-4.0',
  'CC-BY-ND-4.0',
  'CC-BY-SA-4.0',
  'CC0-1.0',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'AGPL-3.0-only',
  'LGPL-3.0-or-later',
  'MIT',
  'MPL-2.0',
]);
