/** How a file says that this program wrote it: then a later call may write over it, and over nobody else's. */

/** The name of the software, as files bear it inside. */
export const SOFTWARE = 'unetpp';

/** A kind of file that this program writes. Its encoder marks it, and `begins` knows the mark again. */
export interface FileKind {
  /** With its article, for errors: `a contact sheet`. */
  readonly name: string;
  /** @param head the first `HEAD_BYTES` of a file, or all of a shorter one, each byte as a character (Latin-1) */
  begins(head: string): boolean;
}

/** How much of a file is looked at to know its kind: more than the longest header of a table. */
export const HEAD_BYTES = 65_536;
