/** Models in a page have no names: each is a file in the storage of this site. */

/** Returns the path of a model, as it is given. */
export function findModel(given: string): string {
  return given;
}
