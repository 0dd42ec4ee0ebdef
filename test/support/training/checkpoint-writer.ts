/**
 * `node checkpoint-writer.js FOLDER LENGTH`: goes on from the checkpoint in FOLDER and writes one after the other, the
 * number of each to stdout when it is written, until it is killed.
 */
import { CheckpointFiles } from '../../../src/runs/checkpoint-files.js';
import { checkpointOf, numberOf } from './checkpoints.js';

const [folder, length] = [process.argv[2]!, Number(process.argv[3])];
const files = new CheckpointFiles(folder);
const found = await files.read();
for (let n = found ? numberOf(found.checkpoint, length) + 1 : 1; ; n++) {
  await files.write(checkpointOf(n, length));
  process.stdout.write(`${n}\n`);
}
