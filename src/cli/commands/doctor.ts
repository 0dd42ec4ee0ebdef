/** `unetpp doctor`: describes this machine and checks the kernels on it, as a block to paste into an issue. */

import { compareWithReference } from '../../backend/self-check.js';
import { memorySize } from '../../base/quantities.js';
import { describeHost } from '../../platform/node/host.js';
import { whichMpi } from '../../platform/node/mpi/which.js';
import { createWasmBackend } from '../../platform/node/wasm/backend.js';
import { type CompiledWasm, compileWasm } from '../../platform/node/wasm/module.js';
import { measurePeak } from '../../platform/node/wasm/peak.js';
import { type CommonOptions, command, report } from '../program.js';
import { version } from '../version.js';

export const doctor = command(
  'doctor',
  'Describe this machine and check the kernels on it, as a block of text to paste into an issue.',
  'unetpp doctor --json',
).action(run);

async function run(options: CommonOptions): Promise<void> {
  const build = compileWasm();
  const difference = await compareWithReference(createWasmBackend({ threads: 'auto' }));
  const machine = describeHost();
  const mpi = await whichMpi();
  const peakGflops = Number(measurePeak(build.module).toPrecision(4));
  const selfCheck = difference === undefined ? 'passed' : `failed: ${difference} differs from the reference`;
  const lines = [
    `unetpp      ${version}`,
    `Node        ${machine.node}, V8 ${machine.v8}`,
    `system      ${machine.system}`,
    `processor   ${machine.processor}`,
    `cores       ${coresText(machine)}`,
    `vectoriser  ${vectoriserText(build)}`,
    `self-check  ${selfCheck}`,
    `speed       ${peakGflops.toFixed(0)} GFLOP/s in registers on one core`,
    `MPI         ${mpi ?? 'not found, or the package koffi is missing: training in one process only'}`,
    `memory      ${memorySize(machine.freeMemory)} free of ${memorySize(machine.memory)}`,
    `disk        ${machine.freeDisk === null ? 'unknown' : `${memorySize(machine.freeDisk)} free in this folder`}`,
  ];
  const { vectoriser, reason = null } = build;
  report(options, lines, {
    unetpp: version,
    ...machine,
    vectoriser,
    vectoriserReason: reason,
    selfCheck,
    peakGflops,
    mpi: mpi ?? null,
  });
  if (difference !== undefined) {
    throw new Error(`doctor: the kernels compute ${difference} wrongly on this machine; report this block in an issue`);
  }
}

function coresText({ cores, affinity, quota, batch }: ReturnType<typeof describeHost>): string {
  const limit = quota === null ? 'no quota' : `a quota of ${Number(quota.toFixed(2))}`;
  const given = batch === null ? '' : `, and ${batch} from Slurm`;
  return `${cores} used: ${affinity} can be, with ${limit}${given}`;
}

function vectoriserText({ vectoriser, reason }: CompiledWasm): string {
  return vectoriser ? 'on' : `off: ${reason}`;
}
