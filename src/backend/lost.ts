/** A backend that cannot go on, with all that it holds. */

/** The backend is of no use any more; a new one can go on, from what was kept elsewhere. */
export class BackendLostError extends Error {
  override readonly name: string = 'BackendLostError';
}
