/** A lock on a folder, which one process at a time has, or one tab. */
export interface Lock {
  /**
   * Checks the lock, before each write; one that was removed is made anew.
   * @throws InputError when another process has taken over the folder
   */
  assertHeld(): void;
  /** Removes the lock; it also goes when the process exits. */
  release(): Promise<void>;
}

export interface LockWaitOptions {
  /**
   * Seconds that a folder in use is waited for. Default: only until it is clear whether its owner lives, and not at all
   * for one that does.
   */
  readonly wait?: number | undefined;
  /** Is called with one line that says what is waited for and how long. */
  readonly say?: ((line: string) => void) | undefined;
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal | undefined;
}
