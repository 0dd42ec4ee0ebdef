/**
 * `node lock-racer.js`: says 'ready', then tries to lock each folder whose path is a line of its stdin, and prints a line
 * for each: 'won' or the error. It holds what it won until its stdin ends.
 */
import { createInterface } from 'node:readline';
import { lockFolder } from '../../src/platform/node/lock/lock.js';

process.stdout.write('ready\n');
for await (const folder of createInterface(process.stdin)) {
  const outcome = await lockFolder(folder).then(
    () => 'won',
    (error: Error) => error.message,
  );
  process.stdout.write(`${outcome}\n`);
}
