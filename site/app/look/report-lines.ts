/** The facts of `unetpp check`, in its words: its report has a name in ten columns, then what is said of it. */
import type { Fact } from '../ui/index.js';

/** Where the text of a line begins. */
const TEXT = 10;
/** Lines that are shown in tables and lists of their own. */
const ELSEWHERE = new Set(['classes', 'skipped', 'remark', 'fault', 'picture', 'file']);

/** The facts of a report; a line without a name goes on with the one before. */
export function factsOf(report: string): Fact[] {
  const facts: { name: string; value: string }[] = [];
  for (const line of report.split('\n').filter(Boolean)) {
    const name = line.slice(0, TEXT).trim();
    const text = line.slice(TEXT).trim();
    const last = facts.at(-1);
    if (line.startsWith(' ')) {
      if (last) last.value += `; ${line.trim()}`;
    } else if (!ELSEWHERE.has(name)) facts.push({ name, value: text });
  }
  return facts;
}
