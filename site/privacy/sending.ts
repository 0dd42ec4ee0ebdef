/**
 * Tries to send, in every way that a page has, and finds out what blocked it. The address does not exist, so that nothing is
 * sent even where no rule holds.
 */
import { type Violation, watchViolations } from './violations.js';

const HOST = 'sending-test.invalid';
const ADDRESS = `https://${HOST}/`;

/** How long a browser may take to say that it has blocked something, once the attempt has ended. */
const REPORT_MS = 2000;

/** How long an attempt may take, that of a worker with its start. */
const ATTEMPT_MS = 20_000;

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
  /** Tries it. The promise is fulfilled when the attempt has ended, however it did. */
  send(): Promise<unknown>;
}

const ways: readonly Way[] = [
  { name: 'Request (fetch)', where: 'page', rule: 'connect-src', send: () => fetch(ADDRESS).catch(ignore) },
  {
    name: 'Beacon when leaving (sendBeacon)',
    where: 'page',
    rule: 'connect-src',
    send: async () => navigator.sendBeacon(ADDRESS, 'a test'),
  },
  { name: 'Connection (WebSocket)', where: 'page', rule: 'connect-src', send: connect },
  { name: 'Address of an image', where: 'page', rule: 'img-src', send: loadImage },
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
async function blocked({ where, rule, send }: Way): Promise<string | null> {
  let stop = () => {};
  const report = new Promise<string>((found) => {
    stop = watchViolations((violation) => {
      if (violation.where === where && violation.rule === rule && isTest(violation)) found(violation.rule);
    });
  });
  try {
    const attempt = Promise.race([send(), after(ATTEMPT_MS)]);
    return await Promise.race([report, attempt.then(() => after(REPORT_MS))]);
  } finally {
    stop();
  }
}

function after(milliseconds: number): Promise<null> {
  return new Promise((done) => setTimeout(done, milliseconds, null));
}

function connect(): Promise<unknown> {
  return new Promise((done) => {
    try {
      new WebSocket(`wss://${HOST}/`).onclose = done;
    } catch (error) {
      // Some browsers throw at once; they report the violation all the same.
      done(error);
    }
  });
}

function loadImage(): Promise<unknown> {
  return new Promise((done) => {
    const image = new Image();
    image.onload = image.onerror = done;
    image.src = ADDRESS;
  });
}

/** A form goes to another page: the frame is there for it, so that this one stays even where no rule holds. */
async function submit(): Promise<void> {
  const frame = Object.assign(document.createElement('iframe'), { name: 'sending-test', hidden: true });
  const form = Object.assign(document.createElement('form'), { action: ADDRESS, method: 'post', target: frame.name });
  form.hidden = true;
  document.body.append(frame, form);
  form.submit();
  setTimeout(() => {
    frame.remove();
    form.remove();
  }, REPORT_MS);
}

async function sendInWorker(): Promise<void> {
  const worker = new Worker(new URL('./sending-worker.js', import.meta.url), { type: 'module' });
  await new Promise((done) => {
    worker.onmessage = worker.onerror = done;
    worker.postMessage(ADDRESS);
  });
  setTimeout(() => worker.terminate(), REPORT_MS);
}

function ignore(): void {}
