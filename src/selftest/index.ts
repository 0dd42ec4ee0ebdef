/**
 * The self-test as a part of the library, `unetpp/selftest`: the cases of every op with the float64 reference beside
 * them, to be run on a backend of the user's. It is none of the core's, so that no page carries it unasked.
 */
export type { DeviceFacts } from '../backend/webgpu/describe.js';
export type { Case, Family } from './case.js';
export { cases } from './cases.js';
export type { Fault } from './parity.js';
export {
  type FamilySummary,
  faultLines,
  reportOf,
  reportText,
  type SelfTestReport,
  type Tested,
  verdictText,
  worstText,
} from './report.js';
export { type CaseResult, runSelfTest, type SelfTestOptions } from './run.js';
