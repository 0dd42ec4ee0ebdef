/**
 * `node checkpoint-writer.js FOLDER LENGTH [KILL]`: goes on from the checkpoint in FOLDER and writes one after the other,
 * the number of each to stdout when it is written. KILL is how many file operations of the second write are done before
 * the process kills itself.
 */
import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { checkpointOf, numberOf } from './checkpoints.js';

const [folder, length, kill] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4] ?? Infinity)];
let written = 0;
let operations = 0;
for (const name of ['open', 'rename'] as const) {
  const real = promises[name] as (...args: unknown[]) => Promise<never>;
  promises[name] = (...args: unknown[]) => {
    if (written > 0 && operations++ === kill) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}
syncBuiltinESMExports();

const { CheckpointFiles } = await import('../../src/train/checkpoint-files.js');
const files = new CheckpointFiles(folder);
const found = await files.read();
for (let n = found ? numberOf(found.checkpoint, length) + 1 : 1; ; n++) {
  await files.write(checkpointOf(n, length));
  written++;
  process.stdout.write(`${n}\n`);
}
