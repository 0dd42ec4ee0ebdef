/** What the page knows. */
import type { EngineFacts, Looked } from '../engine/engine.js';
import type { Offline } from '../offline/register.js';
import type { SendingResult } from '../privacy/sending.js';
import type { Violation } from '../privacy/violations.js';
import type { TrainForm } from './train/presets.js';

export interface AppState {
  /** null until the engine has answered. */
  readonly engine: EngineFacts | null;
  /** What ended the engine, or kept it from starting. */
  readonly engineError: string | null;
  readonly opening: boolean;
  readonly openError: string | null;
  readonly looked: readonly Looked[];
  readonly form: TrainForm;
  readonly training: boolean;
  readonly trainError: string | null;
  readonly offline: Offline;
  /** What was blocked, but for what the page tried itself to show that it is. */
  readonly violations: readonly Violation[];
  /** null until it is tried, 'running' while it is. */
  readonly sending: readonly SendingResult[] | 'running' | null;
  /** What the page stores here in bytes; null where the browser does not say. */
  readonly stored: number | null;
  /** What came of deleting it. */
  readonly forgotten: string | null;
}
