/** What computes, whether it computes correctly, and what the page keeps on this computer. */
import type { ComponentChildren } from 'preact';
import type { EngineFacts, StorageView } from '../../engine/protocol.js';
import { Section } from '../ui/index.js';
import { Computing, type WantedEngine } from './computing.js';
import { Diagnostics } from './diagnostics.js';
import { KeptThings } from './kept.js';

export interface ComputerProps {
  /** null while it starts. */
  readonly facts: EngineFacts | null;
  readonly wanted: WantedEngine;
  /** How many threads there can be. */
  readonly cores: number;
  readonly hasWebGpu: boolean;
  /** A training runs: what computes cannot be changed. */
  readonly busy: boolean;
  readonly error: string | null;
  readonly onStart: (wanted: WantedEngine) => void;
  readonly onDiagnostics: () => Promise<string>;
  /** null while it is not known. */
  readonly storage: StorageView | null;
  /** Deletes a run, a data set, or with no name everything. What it throws is shown. */
  readonly onForget: (name?: string) => Promise<void>;
  /** What else there is to say of this computer. */
  readonly children?: ComponentChildren;
}

export function ComputerPanel(props: ComputerProps) {
  const { facts, wanted, cores, hasWebGpu, busy, error, onStart, onDiagnostics, storage, onForget, children } = props;
  return (
    <Section id="computer" title="This computer" lead="It does all the work, and keeps what was trained.">
      <Computing
        facts={facts}
        wanted={wanted}
        cores={cores}
        hasWebGpu={hasWebGpu}
        busy={busy}
        error={error}
        onStart={onStart}
      />
      {children}
      <KeptThings storage={storage} onForget={onForget} />
      <Diagnostics onDiagnostics={onDiagnostics} />
    </Section>
  );
}
