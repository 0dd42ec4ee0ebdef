/** Marks by which a file says that this program wrote it, so that a later call may write over it and over no other. */

/** The name of the software, as it is written into files. */
export const SOFTWARE = 'unetpp';

/** A kind of file that this program writes. Its encoder marks it, and `begins` recognises the mark. */
export interface FileKind {
  /** The name of the kind with its article, for errors: `a contact sheet`. */
  readonly name: string;
  /** @param head the first `HEAD_BYTES` of a file, or all of a shorter one, each byte as a character (Latin-1) */
  begins(head: string): boolean;
}

/** How many bytes of a file are read to recognise its kind: more than the longest header of a table. */
export const HEAD_BYTES = 65_536;
