/** Constants of a compiled module as variables, so that a search can change them while the product has constants. */
import { invariant } from '../../src/base/errors.js';

/** A module made by `withVariables`. */
export interface Variables<Name extends string> {
  /** The values of the source. */
  readonly present: Readonly<Record<Name, number>>;
  setVariables(values: Readonly<Record<Name, number>>): void;
}

/**
 * Returns the source of a module with `present` and `setVariables` as further exports.
 * @throws Error where one of the constants is not declared once, in a line of its own
 */
export function withVariables(source: string, names: readonly string[]): string {
  let changed = source;
  for (const name of names) {
    const declaration = new RegExp(`^const ${name} = `, 'gm');
    const found = source.match(declaration)?.length ?? 0;
    invariant(found === 1, `const ${name} is declared ${found} times, expected once`);
    changed = changed.replace(declaration, `let ${name} = `);
  }
  const list = names.join(', ');
  return `${changed}
export const present = { ${list} };
export function setVariables(values) {
  ({ ${list} } = values);
}
`;
}
