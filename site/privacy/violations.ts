/** What the browser has blocked because the rules of this page forbid it, on the page itself and in its workers. */

export interface Violation {
  /** Where it was tried. */
  readonly where: 'page' | 'worker';
  /** The rule that blocked it: `connect-src`. */
  readonly rule: string;
  /** What was to be loaded or sent to, as the browser reports it; it may leave out all but the protocol. */
  readonly address: string;
}

/** Workers report here: a channel, so that threads that a worker has started need no way through it. */
const CHANNEL = 'unetpp-violations';

/** Calls back for each violation on this page, and in workers of pages of this host. */
export function watchViolations(onViolation: (violation: Violation) => void): () => void {
  const stop = listen(document, 'page', onViolation);
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => onViolation(data as Violation);
  return () => {
    stop();
    channel.close();
  };
}

/** In a worker: its violations are told to the page. */
export function reportViolations(): void {
  const channel = new BroadcastChannel(CHANNEL);
  listen(self, 'worker', (violation) => channel.postMessage(violation));
}

/**
 * The rules are stated twice, by a header and by the meta element, and each reports what it blocks: the second report of the
 * same thing, by another policy, is not counted.
 */
function listen(target: EventTarget, where: Violation['where'], onViolation: (one: Violation) => void): () => void {
  let last: SecurityPolicyViolationEvent | null = null;
  const heard = (event: Event) => {
    const one = event as SecurityPolicyViolationEvent;
    const isSame = last?.blockedURI === one.blockedURI && last.effectiveDirective === one.effectiveDirective;
    const isSecond = isSame && last?.originalPolicy !== one.originalPolicy;
    last = isSecond ? null : one;
    if (!isSecond) onViolation({ where, rule: one.effectiveDirective, address: one.blockedURI });
  };
  target.addEventListener('securitypolicyviolation', heard);
  return () => target.removeEventListener('securitypolicyviolation', heard);
}
