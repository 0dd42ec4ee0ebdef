/**
 * `npm run selftest:deno [-- FILTER]`: the self-test in Deno, whose WebGPU is wgpu, with its own compiler of shaders
 * (naga). Prints one line with the version, the adapter and the result, and what differs. Deno comes from the npm registry
 * into a temporary folder, and runs this file, too. The exit code is 0, 1 where something differs, or 2 where something
 * is missing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { WebGpuBackend } from '../dist/src/backend/webgpu/backend.js';
import { describeDevice } from '../dist/src/backend/webgpu/describe.js';
import { openDevice } from '../dist/src/backend/webgpu/device.js';
import { faultLines, reportOf, runSelfTest, verdictText } from '../dist/src/selftest/index.js';

const { Deno } = globalThis;
const [filter = ''] = process.argv.slice(2);
process.exitCode = Deno ? await test() : inDeno();

/** Starts Deno with this file. */
function inDeno() {
  const folder = mkdtempSync(join(tmpdir(), 'unetpp-deno-'));
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', 'deno@2'], {
      stdio: 'ignore',
    });
    const program = join(folder, 'node_modules', '.bin', 'deno');
    const args = ['run', '--quiet', '--unstable-webgpu', '--allow-all', fileURLToPath(import.meta.url), filter];
    return spawnSync(program, args, { stdio: 'inherit' }).status ?? 2;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs the cases. Returns the exit code. */
async function test() {
  let opened;
  const open = async () => {
    opened = await openDevice(globalThis.navigator.gpu);
    return new WebGpuBackend(opened);
  };
  const begun = performance.now();
  try {
    const results = await runSelfTest(open, { filter });
    const seconds = (performance.now() - begun) / 1000;
    const device = describeDevice(opened);
    const tested = { version: '', backend: device.adapter, device, host: {}, filter, seconds };
    const report = reportOf(tested, results);
    console.log(`Deno ${Deno.version.deno}, ${device.adapter}: ${verdictText(report)}, in ${seconds.toFixed(1)} s`);
    for (const result of report.differing) console.log(`  ${result.label}: ${faultLines(result).join('; ')}`);
    return report.passed ? 0 : 1;
  } catch (error) {
    console.log(`Deno ${Deno.version.deno}: ${error.message}`);
    return 2;
  }
}
