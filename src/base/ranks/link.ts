/** The connection between the processes of one job, which are numbered: what MPI gives, or a test within one process. */

/** What a message is about. Those of one tag between two ranks arrive in the order in which they were sent. */
export type Tag = number;

export interface Link {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** How many processes there are, at least 2. */
  readonly size: number;
  /** How many bytes this process has sent. */
  readonly sentBytes: number;
  /** Sends bytes, which are the caller's again when the call returns. */
  send(to: number, tag: Tag, bytes: Uint8Array): void;
  /**
   * Receives a message of as many bytes as `into` has; it must not be used before the promise is fulfilled.
   * @throws Error where the connection fails
   */
  receive(from: number, tag: Tag, into: Uint8Array): Promise<void>;
  /** Ends all processes of the job at once; an exit code of this kind is what their launcher reports. */
  abort(exitCode: number): void;
  /** Waits until all is sent, and all ranks are here; nothing is sent any more. */
  close(): Promise<void>;
}

/** The tags of messages. Those of subtrees count upwards from the last. */
export const TAGS = { gather: 1, broadcast: 2, end: 3, sums: 4, subtrees: 16 } as const;
