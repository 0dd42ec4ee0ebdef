/** What computes: its check against the reference, and the choice of another. */
import type { EngineFacts } from '../../engine/protocol.js';
import { ErrorLine, Notice, Progress, Segmented, SelectField, Status } from '../ui/index.js';
import { capitalised } from '../words.js';

export interface WantedEngine {
  readonly backend: 'wasm' | 'webgpu';
  readonly threads: number | 'auto';
}

export interface ComputingProps {
  readonly facts: EngineFacts | null;
  readonly wanted: WantedEngine;
  readonly cores: number;
  readonly hasWebGpu: boolean;
  readonly busy: boolean;
  readonly error: string | null;
  readonly onStart: (wanted: WantedEngine) => void;
}

export function Computing({ facts, wanted, cores, hasWebGpu, busy, error, onStart }: ComputingProps) {
  const isOff = busy || !facts;
  const threads = Array.from({ length: cores }, (_, k) => String(k + 1));
  return (
    <div class="computing">
      {facts ? (
        <>
          <Status id="computing">
            {facts.computing}
            {facts.adapter && `: ${facts.adapter}`}
          </Status>
          <Status id="self-check" tone={facts.fault ? 'warn' : 'good'}>
            {facts.fault
              ? `It computes wrongly: ${facts.fault}. Take WebAssembly, and copy the diagnostics into a report.`
              : 'Checked: it agrees with the reference.'}
          </Status>
          {facts.remark && <Notice>{capitalised(facts.remark)}</Notice>}
        </>
      ) : (
        !error && <Progress label="Starting, and checking it against the reference" />
      )}
      <ErrorLine id="computing-error">{error}</ErrorLine>
      <div class="fields">
        <Segmented
          id="backend"
          label="Compute with"
          value={wanted.backend}
          choices={[
            { value: 'wasm', label: 'WebAssembly' },
            { value: 'webgpu', label: 'WebGPU' },
          ]}
          disabled={isOff || !hasWebGpu}
          onChange={(backend) => onStart({ ...wanted, backend })}
        />
        <SelectField
          id="threads"
          label="Threads"
          value={String(wanted.threads)}
          choices={[
            { value: 'auto', label: 'All that help' },
            ...threads.map((count) => ({ value: count, label: count })),
          ]}
          disabled={isOff || wanted.backend === 'webgpu'}
          onChange={(value) => onStart({ ...wanted, threads: value === 'auto' ? value : Number(value) })}
        />
      </div>
      {!hasWebGpu && <p class="hint">This browser offers no WebGPU to this page.</p>}
      {busy && <p class="hint">While a training runs, this cannot be changed.</p>}
    </div>
  );
}
