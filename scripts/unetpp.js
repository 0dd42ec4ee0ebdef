/** The command line of this build, for scripts. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/unetpp.js', import.meta.url));

/** The JSON that a command prints; its progress is shown. Where it fails or is interrupted, so is the script. */
export function unetpp(...args) {
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}
