/** The report of a self-test: its form, and that it survives JSON. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  faultLines,
  reportOf,
  reportText,
  SELF_TEST_REPORT,
  verdictText,
  worstText,
} from '../../src/selftest/report.js';
import type { CaseResult } from '../../src/selftest/run.js';

const TESTED = { version: '1.2.3', backend: 'webgpu (acme)', device: null, host: {}, filter: null, seconds: 2.5 };
const sound = { family: 'pooling', label: 'a', tolerance: 0, error: 0, faults: [] } satisfies CaseResult;
const near = { family: 'activation', label: 'b', tolerance: 1e-6, error: 5e-7, faults: [] } satisfies CaseResult;
const off = {
  family: 'activation',
  label: 'c',
  tolerance: 1e-6,
  error: 3e-6,
  faults: [{ op: 'sigmoid', text: 'output 0: off' }],
} satisfies CaseResult;
const failed = { ...off, label: 'd', error: null, faults: [{ op: null, text: 'lost' }] } satisfies CaseResult;

test('a report counts by family, and lists what differs', () => {
  const report = reportOf(TESTED, [near, off, sound]);
  assert.equal(report, {
    software: 'unetpp',
    kind: 'selftest',
    ...TESTED,
    passed: false,
    cases: 3,
    families: [
      { family: 'activation', cases: 2, differing: 1, worst: 3 },
      { family: 'pooling', cases: 1, differing: 0, worst: 0 },
    ],
    differing: [off],
  });
  assert.is(verdictText(report), '1 of 3 cases differs from the reference');
  assert.equal(report.families.map(worstText), ['3.00', '0.00']);
  assert.equal(faultLines(off), ['sigmoid: output 0: off (tolerance 0.000001)']);
});

test('a report without a difference has passed', () => {
  const report = reportOf(TESTED, [near, sound]);
  assert.ok(report.passed);
  assert.is(verdictText(report), '2 cases: all agree with the reference');
});

test('numbers that are missing or infinite are null, so that the text says the same as the report', () => {
  const wrong = { ...sound, error: Infinity, faults: off.faults };
  const report = reportOf(TESTED, [wrong, failed]);
  assert.equal(
    report.families.map(({ worst }) => worst),
    [null, null],
  );
  assert.equal(JSON.parse(reportText(report)), report);
  assert.equal(report.families.map(worstText), ['no number', 'no number']);
});

test('a report is recognised as one, and other JSON is not', () => {
  assert.ok(SELF_TEST_REPORT.begins(reportText(reportOf(TESTED, [sound]))));
  assert.not(SELF_TEST_REPORT.begins('{\n  "software": "unetpp",\n  "compare"'));
});

test.run();
