/**
 * `node checkpoint-writer.js FOLDER LENGTH KILL`: goes on from the checkpoint in FOLDER and writes one after the other,
 * the number of each to stdout when it is written. KILL is where it kills itself, counted from the second write on, see
 * `killAtOperation`.
 */
import { killAtOperation } from './file-operations.js';

const [folder, length, kill] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const count = await killAtOperation(kill);

const { CheckpointFiles } = await import('../../src/train/checkpoint-files.js');
const { checkpointOf, numberOf } = await import('./checkpoints.js');
const files = new CheckpointFiles(folder);
count.operations = -Infinity;
const found = await files.read();
const first = found ? numberOf(found.checkpoint, length) + 1 : 1;
for (let n = first; ; n++) {
  await files.write(checkpointOf(n, length));
  if (n === first) count.operations = 0;
  process.stdout.write(`${n}\n`);
}
