/** Paths as the names in them, with `/` in between on every system. */

/** The names in a path; `.` stands for nothing, and `..` takes the name before it away. */
export function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') parts.pop();
    else if (name !== '' && name !== '.') parts.push(name);
  }
  return parts;
}

/** Joins parts of paths to one. */
export function join(...paths: string[]): string {
  return partsOf(paths.join('/')).join('/');
}
