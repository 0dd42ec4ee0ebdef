/** The page of the self-test: the cases on `navigator.gpu`, a table of what came of them, and the report to copy. */
import { WebGpuBackend } from '../../src/backend/webgpu/backend.js';
import { type DeviceFacts, describeDevice } from '../../src/backend/webgpu/describe.js';
import { openDevice } from '../../src/backend/webgpu/device.js';
import { grouped } from '../../src/base/quantities.js';
import { cases } from '../../src/selftest/cases.js';
import {
  faultLines,
  reportOf,
  reportText,
  type SelfTestReport,
  verdictText,
  worstText,
} from '../../src/selftest/report.js';
import { runSelfTest } from '../../src/selftest/run.js';

/** The version of the package; the build puts it in. */
declare const VERSION: string;

const MISSING = window.isSecureContext
  ? 'This browser has no WebGPU, or it is switched off. Chrome and Edge have it since version 113, Safari since 26, Firefox since 141 on Windows; update the browser, or take another one.'
  : 'Browsers offer WebGPU only to pages that come over HTTPS, or from this computer itself. Open this page in one of these ways.';

/** An element of the page by its id. */
function part<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** Shows how things stand; the state is in the page, too, for its style and for scripts that drive it. */
function tell(state: 'ready' | 'running' | 'passed' | 'failed' | 'missing', text: string): void {
  document.documentElement.dataset.state = state;
  part('verdict').textContent = text;
  part<HTMLButtonElement>('start').disabled = state === 'running' || state === 'missing';
}

async function test(filter: string): Promise<SelfTestReport> {
  const begun = performance.now();
  let backend = '';
  let device: DeviceFacts | null = null;
  const open = async () => {
    const opened = await openDevice(navigator.gpu);
    const made = new WebGpuBackend(opened);
    backend = made.name;
    device = describeDevice(opened);
    return made;
  };
  const onProgress = (done: number, total: number) => {
    Object.assign(part<HTMLProgressElement>('progress'), { value: done, max: total });
    part('verdict').textContent = `${grouped(done)} of ${grouped(total)} cases`;
  };
  const results = await runSelfTest(open, { filter, onProgress });
  const seconds = (performance.now() - begun) / 1000;
  const host = { browser: navigator.userAgent };
  return reportOf({ version: VERSION, backend, device, host, filter: filter || null, seconds }, results);
}

function show(report: SelfTestReport): void {
  const rows = report.families.map((summary) => {
    const row = document.createElement('tr');
    const cells = [summary.family, grouped(summary.cases), worstText(summary), grouped(summary.differing)];
    row.append(...cells.map((cell) => element('td', cell)));
    return row;
  });
  part('rows').replaceChildren(...rows);
  const faults = report.differing.map((result) => {
    return element('li', `${result.family}: ${result.label}: ${faultLines(result).join('; ')}`);
  });
  part('faults').replaceChildren(...faults);
  part('report').textContent = reportText(report);
  part('result').hidden = false;
  tell(report.passed ? 'passed' : 'failed', `${verdictText(report)}, on ${report.backend}.`);
}

async function start(): Promise<void> {
  part('result').hidden = true;
  tell('running', 'Starting …');
  try {
    show(await test(part<HTMLInputElement>('filter').value.trim()));
  } catch (error) {
    tell('failed', (error as Error).message);
  }
}

/** Without the right to write to the clipboard, the report is selected, so that the keys for copying take it. */
async function copy(): Promise<void> {
  const report = part('report');
  try {
    await navigator.clipboard.writeText(report.textContent ?? '');
    part('copy').textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(report);
    part('copy').textContent = 'Selected: copy it with the keyboard';
  }
}

const families = [...new Set(cases.map(({ family }) => family))];
part('families').append(
  ...families.map((family) => Object.assign(document.createElement('option'), { value: family })),
);
part('copy').addEventListener('click', copy);
part('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void start();
});
if (navigator.gpu) tell('ready', 'Ready: all cases take about a minute.');
else tell('missing', MISSING);
