/**
 * `node lock-racer.js START EACH FOLDER…`: tries to lock one folder after the other, each at the same moment as its
 * rivals: START plus EACH milliseconds for each before it. Prints a line for each, 'won' or the error, and holds what it
 * won until its stdin ends.
 */
import { lockFolder } from '../../src/files/lock.js';

const [start, each, ...folders] = process.argv.slice(2) as [string, string, ...string[]];
for (const [k, folder] of folders.entries()) {
  while (Date.now() < Number(start) + k * Number(each));
  const outcome = await lockFolder(folder).then(
    () => 'won',
    (error: Error) => error.message,
  );
  process.stdout.write(`${outcome}\n`);
}
process.stdin.resume();
