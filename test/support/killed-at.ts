/**
 * `node --import …/killed-at.js?3.5 PROGRAM`: the program is killed at a file operation, see `killAtOperation`. When it
 * ends by itself, the last line of stderr is how many it has done.
 */
import { writeSync } from 'node:fs';
import { killAtOperation } from './file-operations.js';

const count = await killAtOperation(Number(new URL(import.meta.url).search.slice(1) || Infinity));
process.on('exit', () => writeSync(2, `${count.operations}\n`));
