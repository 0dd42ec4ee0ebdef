/** What `selftest` prints. */
import { grouped } from '../../base/quantities.js';
import { faultLines, type SelfTestReport, verdictText, worstText } from '../../selftest/report.js';
import { table } from './table.js';

export function selfTestLines(report: SelfTestReport): string[] {
  const { version, backend, device, host, families, differing, seconds } = report;
  const rows = families.map((summary) => {
    return [summary.family, grouped(summary.cases), worstText(summary), grouped(summary.differing)];
  });
  const limits = Object.entries(device?.limits ?? {}).map(([name, value]) => `${name} ${grouped(value)}`);
  return [
    ...Object.entries({ unetpp: version, backend, ...(device && { limits: limits.join(', ') }), ...host }).map(
      ([name, value]) => `${name.padEnd(9)}  ${value}`,
    ),
    '',
    ...table(['family', 'cases', 'worst error / tolerance', 'differ'], rows),
    ...differing.flatMap((result) => ['', `${result.family}: ${result.label}`, ...faultLines(result).map(indent)]),
    '',
    `${verdictText(report)}, in ${seconds.toFixed(1)} s`,
  ];
}

const indent = (line: string): string => `  ${line}`;
