/** What to put into a report of a fault. */
import { useState } from 'preact/hooks';
import { Button, CopyButton, ErrorLine } from '../ui/index.js';

export interface DiagnosticsProps {
  readonly onDiagnostics: () => Promise<string>;
}

export function Diagnostics({ onDiagnostics }: DiagnosticsProps) {
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const gather = async () => {
    try {
      setFault(null);
      setText(await onDiagnostics());
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <section class="part" aria-labelledby="diagnostics-title">
      <h3 id="diagnostics-title">Diagnostics</h3>
      <p class="hint">
        For a report of a fault: versions, this browser, what computes, memory. They stay here until you copy them.
      </p>
      <div class="row">
        <Button id="diagnostics" onClick={gather}>
          {text === null ? 'Show the diagnostics' : 'Gather them anew'}
        </Button>
        {text !== null && (
          <CopyButton text={text} target="diagnostics-text">
            Copy them
          </CopyButton>
        )}
      </div>
      <ErrorLine id="diagnostics-error">{fault}</ErrorLine>
      {text !== null && <pre id="diagnostics-text">{text}</pre>}
    </section>
  );
}
