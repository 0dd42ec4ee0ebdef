/** The report of a self-test: plain data to paste into an issue, and the words that the command and the page share. */
import type { DeviceFacts } from '../backend/webgpu/describe.js';
import { grouped, plural } from '../base/quantities.js';
import { type FileKind, SOFTWARE } from '../formats/file-kind.js';
import type { Family } from './case.js';
import type { CaseResult } from './run.js';

/** What was tested, and where. */
export interface Tested {
  /** The version of this package. */
  readonly version: string;
  /** The name of the backend. */
  readonly backend: string;
  /** The GPU; null where the processor computed. */
  readonly device: DeviceFacts | null;
  /** What it ran in: a browser, or Node and the machine. */
  readonly host: Readonly<Record<string, string>>;
  /** Which cases were run; null for all. */
  readonly filter: string | null;
  readonly seconds: number;
}

/** The cases of a family together. */
export interface FamilySummary {
  readonly family: Family;
  readonly cases: number;
  readonly differing: number;
  /** The largest error, in units of the tolerance of its case; null where a case gave no number. */
  readonly worst: number | null;
}

export interface SelfTestReport extends Tested {
  readonly software: typeof SOFTWARE;
  readonly kind: 'selftest';
  readonly passed: boolean;
  readonly cases: number;
  readonly families: readonly FamilySummary[];
  /** The cases that the backend computes otherwise than the reference. */
  readonly differing: readonly CaseResult[];
}

export function reportOf(tested: Tested, results: readonly CaseResult[]): SelfTestReport {
  const differing = results.filter(({ faults }) => faults.length > 0);
  const families = [...new Set(results.map(({ family }) => family))].map((family) => {
    return summaryOf(
      family,
      results.filter((result) => result.family === family),
    );
  });
  const verdict = { passed: differing.length === 0, cases: results.length };
  return { software: SOFTWARE, kind: 'selftest', ...tested, ...verdict, families, differing: differing.map(finite) };
}

/** The text of a report, as it is stored, copied and pasted. */
export function reportText(report: SelfTestReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The files that hold such a text. */
export const SELF_TEST_REPORT: FileKind = {
  name: 'a report of a self-test',
  begins: (head) => head.startsWith(`{\n  "software": "${SOFTWARE}",\n  "kind": "selftest"`),
};

/** The largest error of a family, in words. */
export function worstText({ worst }: FamilySummary): string {
  if (worst === null) return 'no number';
  return worst > 0 && worst < 0.005 ? '<0.01' : worst.toFixed(2);
}

/** What is wrong with a case, line by line. */
export function faultLines({ faults, tolerance }: CaseResult): string[] {
  return faults.map(({ op, text }) => `${op === null ? '' : `${op}: `}${text} (tolerance ${tolerance})`);
}

/** The result in one sentence. */
export function verdictText({ passed, cases, differing }: SelfTestReport): string {
  if (passed) return `${plural(cases, 'case')}: all agree with the reference`;
  return `${grouped(differing.length)} of ${plural(cases, 'case')} ${differing.length === 1 ? 'differs' : 'differ'} from the reference`;
}

function summaryOf(family: Family, results: readonly CaseResult[]): FamilySummary {
  const errors = results.map(({ error, tolerance }) =>
    error === 0 ? 0 : (error ?? Number.POSITIVE_INFINITY) / tolerance,
  );
  const worst = Math.max(...errors);
  const differing = results.filter(({ faults }) => faults.length > 0).length;
  return { family, cases: results.length, differing, worst: Number.isFinite(worst) ? worst : null };
}

/** JSON has no infinite numbers. */
function finite(result: CaseResult): CaseResult {
  return Number.isFinite(result.error) ? result : { ...result, error: null };
}
