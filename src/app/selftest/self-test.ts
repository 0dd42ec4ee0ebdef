/** The cases of the tests on the backend of this machine. */
import type { Backend } from '../../backend/backend.js';
import { WebGpuBackend } from '../../backend/webgpu/backend.js';
import { type DeviceFacts, describeDevice } from '../../backend/webgpu/describe.js';
import { openDevice } from '../../backend/webgpu/device.js';
import { describeHost } from '../../platform/node/host.js';
import { createWasmBackend } from '../../platform/node/wasm/backend.js';
import { nodeGpu } from '../../platform/node/webgpu/gpu.js';
import { reportOf, reportText, SELF_TEST_REPORT, type SelfTestReport } from '../../selftest/report.js';
import { runSelfTest } from '../../selftest/run.js';
import { type Observer, progressOf } from '../observer.js';
import { type ForceOption, outputsOf } from '../outputs.js';

export const testable = ['wasm', 'webgpu'] as const;

export interface SelfTestCommandOptions extends ForceOption {
  readonly backend: (typeof testable)[number];
  /** Only the cases that have this text in their family or label. */
  readonly filter?: string;
  /** The file that the report is written to. */
  readonly out?: string;
}

/**
 * Runs the self-test.
 * @param version the version of this package, for the report
 * @throws InputError where there is no such backend on this machine, or no case
 */
export async function selfTest(
  options: SelfTestCommandOptions,
  version: string,
  observer: Observer,
): Promise<SelfTestReport> {
  const file = options.out === undefined ? undefined : await outputsOf(options, {}).file(options.out, SELF_TEST_REPORT);
  const { filter } = options;
  const begun = performance.now();
  let backend = '';
  let device: DeviceFacts | null = null;
  const open = async () => {
    const opened = await openers[options.backend]();
    backend = opened.backend.name;
    device = opened.device;
    return opened.backend;
  };
  const onProgress = progressOf(observer, 'self-test');
  const results = await runSelfTest(open, { onProgress, ...(filter !== undefined && { filter }) });
  const seconds = (performance.now() - begun) / 1000;
  const report = reportOf({ version, backend, device, host: host(), filter: filter ?? null, seconds }, results);
  await file?.write(reportText(report));
  return report;
}

interface Opened {
  readonly backend: Backend;
  readonly device: DeviceFacts | null;
}

const openers: Readonly<Record<SelfTestCommandOptions['backend'], () => Promise<Opened>>> = {
  wasm: async () => ({ backend: createWasmBackend({ threads: 'auto' }), device: null }),
  webgpu: async () => {
    const opened = await openDevice(await nodeGpu());
    return { backend: new WebGpuBackend(opened), device: describeDevice(opened) };
  },
};

function host(): Record<string, string> {
  const { node, system, processor } = describeHost();
  return { node, system, processor };
}
