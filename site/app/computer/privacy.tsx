/** That nothing leaves this computer: how it is held, what was blocked, and a button to try it. */
import type { SendingResult } from '../../privacy/sending.js';
import type { Violation } from '../../privacy/violations.js';
import { Button, Details, Status, Table } from '../ui/index.js';

export interface PrivacyProps {
  readonly violations: readonly Violation[];
  readonly sending: readonly SendingResult[] | 'running' | null;
  readonly onTry: () => void;
}

export function Privacy({ violations, sending, onTry }: PrivacyProps) {
  const results = Array.isArray(sending) ? (sending as readonly SendingResult[]) : null;
  return (
    <section class="part" aria-labelledby="privacy-title">
      <h3 id="privacy-title">Nothing leaves this computer</h3>
      <p>
        The page carries a rule (Content Security Policy) by which your browser lets it talk to nobody but the host that
        it came from, and that host is sent nothing but the names of the page's own files. Do not take our word for it:
        let the page try.
      </p>
      <div class="row">
        <Button id="try-sending" busy={sending === 'running'} onClick={onTry}>
          Try to send
        </Button>
        <Status id="sending" tone={results ? toneOf(results) : 'plain'}>
          {sending === 'running' ? 'Trying …' : results && verdictOf(results)}
        </Status>
      </div>
      {results && (
        <Table
          id="sending-results"
          caption="What was tried"
          rows={results}
          rowKey={({ way }) => way}
          columns={[
            { title: 'Way', cell: ({ way }) => way },
            { title: 'Result', cell: ({ rule }) => (rule ? 'blocked' : 'not blocked') },
            { title: 'Rule', cell: ({ rule }) => (rule ? <code>{rule}</code> : '–') },
          ]}
        />
      )}
      {violations.length > 0 && (
        <Details summary="What else was blocked">
          <p>Extensions of the browser that change pages are a usual cause.</p>
          <ul>
            {violations.slice(-20).map(({ where, rule, address }, k) => (
              <li key={k}>
                {address || 'something'}, by <code>{rule}</code>, in {where === 'page' ? 'the page' : 'a worker'}
              </li>
            ))}
          </ul>
        </Details>
      )}
    </section>
  );
}

const toneOf = (results: readonly SendingResult[]) => (results.every(({ rule }) => rule) ? 'good' : 'warn');

function verdictOf(results: readonly SendingResult[]): string {
  const blocked = results.filter(({ rule }) => rule).length;
  if (blocked === results.length) return `All ${blocked} ways were blocked.`;
  const open = results.filter(({ rule }) => !rule).map(({ way }) => way);
  return `${blocked} of ${results.length} ways were blocked, not: ${open.join(', ')}. The host of this page does not send its headers; reload the page, then the page adds them itself.`;
}
