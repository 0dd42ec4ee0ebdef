/**
 * Tries to send, in every way that a page has, and finds out what blocked it. The address does not exist, so that nothing is
 * sent even where no rule holds.
 */
import { type Violation, watchViolations } from './violations.js';

const HOST = 'sending-test.invalid';
const ADDRESS = `https://${HOST}/`;

/** How long a browser may take to say that it has blocked something. */
const PATIENCE_MS = 2000;

export interface SendingResult {
  readonly way: string;
  /** The rule that blocked it; null where none did. */
  readonly rule: string | null;
}

interface Way {
  readonly name: string;
  readonly where: Violation['where'];
  /** The rule that should block it. */
  readonly rule: string;
  send(): void;
}

const ways: readonly Way[] = [
  { name: 'Request (fetch)', where: 'page', rule: 'connect-src', send: () => void fetch(ADDRESS).catch(ignore) },
  {
    name: 'Beacon when leaving (sendBeacon)',
    where: 'page',
    rule: 'connect-src',
    send: () => void navigator.sendBeacon(ADDRESS, 'a test'),
  },
  { name: 'Connection (WebSocket)', where: 'page', rule: 'connect-src', send: connect },
  { name: 'Address of an image', where: 'page', rule: 'img-src', send: () => void (new Image().src = ADDRESS) },
  { name: 'Form', where: 'page', rule: 'form-action', send: submit },
  { name: 'Request of a worker', where: 'worker', rule: 'connect-src', send: sendInWorker },
];

/** Tries one way after the other. */
export async function trySending(): Promise<readonly SendingResult[]> {
  const results: SendingResult[] = [];
  for (const way of ways) results.push({ way: way.name, rule: await blocked(way) });
  return results;
}

/** Whether a violation comes of trying. The address of a connection is reported without its host by some browsers. */
export function isTest({ address }: Violation): boolean {
  return address.includes(HOST) || address === 'wss';
}

/** Sends in a way. @returns the rule that blocked it, or null */
function blocked({ where, rule, send }: Way): Promise<string | null> {
  return new Promise((done) => {
    const end = (found: string | null) => {
      clearTimeout(timer);
      stop();
      done(found);
    };
    const timer = setTimeout(end, PATIENCE_MS, null);
    const stop = watchViolations((violation) => {
      if (violation.where === where && violation.rule === rule && isTest(violation)) end(violation.rule);
    });
    send();
  });
}

function connect(): void {
  try {
    new WebSocket(`wss://${HOST}/`).onerror = ignore;
  } catch {
    // Some browsers throw at once; they report the violation all the same.
  }
}

/** A form goes to another page: the frame is there for it, so that this one stays even where no rule holds. */
function submit(): void {
  const frame = Object.assign(document.createElement('iframe'), { name: 'sending-test', hidden: true });
  const form = Object.assign(document.createElement('form'), { action: ADDRESS, method: 'post', target: frame.name });
  form.hidden = true;
  document.body.append(frame, form);
  form.submit();
  setTimeout(() => {
    frame.remove();
    form.remove();
  }, PATIENCE_MS);
}

function sendInWorker(): void {
  const worker = new Worker(new URL('./sending-worker.js', import.meta.url), { type: 'module' });
  worker.postMessage(ADDRESS);
  setTimeout(() => worker.terminate(), PATIENCE_MS);
}

function ignore(): void {}
