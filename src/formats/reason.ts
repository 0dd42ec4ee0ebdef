/** Why a library gave up, for a message of one line: libraries throw errors, plain objects and strings. */
import { printable } from '../base/show.js';

/** How many characters of a library's message are shown. */
const MOST = 120;

/** What was thrown, in a few words. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(Object(thrown).message ?? thrown);
  return printable(message).replace(/\s+/g, ' ').slice(0, MOST);
}
