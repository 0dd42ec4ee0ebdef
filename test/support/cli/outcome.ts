/** The outcome of a process that a test starts. */

/** Only what hangs takes so long, in milliseconds, on whatever machine. */
export const HANGING = 600_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
