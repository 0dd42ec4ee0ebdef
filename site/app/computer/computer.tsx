/** This computer: what computes on it, what stays on it, what is stored on it. */
import type { AppState } from '../state.js';
import { Details, Facts, Notice, Section } from '../ui/index.js';
import { Privacy } from './privacy.js';
import { Storage } from './storage.js';

export interface ComputerProps {
  readonly state: Pick<AppState, 'engine' | 'violations' | 'sending' | 'stored' | 'forgotten'>;
  readonly onTrySending: () => void;
  readonly onForget: () => void;
}

export function Computer({ state, onTrySending, onForget }: ComputerProps) {
  const { engine, violations, sending, stored, forgotten } = state;
  return (
    <Section id="computer" title="This computer" lead="All that you see is computed here.">
      {engine?.remark && <Notice>{engine.remark}</Notice>}
      <Facts
        facts={[
          { name: 'What computes', value: engine?.computing ?? 'Starting …' },
          { name: 'Cores', value: navigator.hardwareConcurrency },
          { name: 'Memory shared between threads', value: crossOriginIsolated ? 'yes' : 'no' },
          { name: 'WebGPU', value: 'gpu' in navigator ? 'offered by this browser' : 'not in this browser' },
        ]}
      />
      <Privacy violations={violations} sending={sending} onTry={onTrySending} />
      <Storage bytes={stored} said={forgotten} onForget={onForget} />
      <Details summary="Is the GPU to be trusted?">
        <p>
          <a href="selftest/">The self-test</a> compares every operation on your GPU with a reference on the processor.
        </p>
      </Details>
    </Section>
  );
}
