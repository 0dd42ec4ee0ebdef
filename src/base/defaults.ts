/** Options of which some are left out: an option that is there but undefined counts as left out, too. */

/** The options that are given, without those that are undefined. */
export function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** The options, with defaults for those that are left out or undefined. */
export function withDefaults<D extends object, T extends object>(defaults: D, options: T): D & T {
  return { ...defaults, ...defined(options) } as D & T;
}
