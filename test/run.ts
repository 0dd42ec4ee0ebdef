/**
 * `npm test`: every `*.test.js` in the folders beside this file in a process of its own, as many at once as there are
 * cores, each with a time limit. Ends with the line `N passed, N failed`. Arguments are parts of paths:
 * `npm test -- cli/train png`.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inSources } from './support/source-places.js';

/** Only what hangs takes so long, on whatever machine. */
const LIMIT_MS = 1_800_000;
const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js') && (!wanted.length || wanted.some((part) => name.includes(part))))
  .sort();

let passed = 0;
let failed = 0;

/**
 * Runs one file; uvu ends its output with `Total:` and `Passed:` lines. A file that prints none has failed as a whole. Its
 * lines that begin with `note: ` are shown.
 */
function runFile(name: string): Promise<void> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, name)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    const started = performance.now();
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.on('close', async (code) => {
      clearTimeout(timer);
      const total = Number(output.match(/Total:\s+(\d+)/)?.[1] ?? 0);
      const good = Number(output.match(/Passed:\s+(\d+)/)?.[1] ?? 0);
      const skipped = Number(output.match(/Skipped:\s+(\d+)/)?.[1] ?? 0);
      const bad = total - good + skipped || (code === 0 && total > 0 ? 0 : 1);
      passed += good;
      failed += bad;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${bad ? 'FAIL' : 'ok  '} ${name.replace('.test.js', '').padEnd(32)} ${good}/${total}  ${seconds} s`);
      if (bad) console.log(await inSources(output.trimEnd()));
      else for (const [note] of output.matchAll(/^note: .*$/gm)) console.log(note);
      done();
    });
  });
}

const queue = [...files];
async function worker(): Promise<void> {
  for (let name = queue.shift(); name; name = queue.shift()) await runFile(name);
}
await Promise.all(Array.from({ length: availableParallelism() }, worker));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || !files.length ? 1 : 0;
