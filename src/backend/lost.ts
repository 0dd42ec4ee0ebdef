/** A backend that cannot go on, with all that it holds. */

/** The backend is of no use any more; a new one can go on, from what was kept elsewhere. */
export class BackendLostError extends Error {
  override readonly name: string = 'BackendLostError';

  /**
   * @param reason what was lost, and how
   * @param remedy what to do about it
   */
  constructor(
    readonly reason: string,
    readonly remedy?: string,
  ) {
    super(remedy === undefined ? reason : `${reason}; ${remedy}`);
  }
}

/** What a program does that is written for the library alone: commands and the page do it by themselves. */
export const GO_ON_WITH_ANOTHER = 'make a new backend, and resume from the last checkpoint';
