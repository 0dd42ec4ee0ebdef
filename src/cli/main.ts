#!/usr/bin/env node
/**
 * The command line: `unetpp COMMAND`, and through train.js `node train.js` for `unetpp train`. It listens to signals
 * before it loads anything else. The commands are loaded dynamically, so that a failure to load them is one line, too.
 */
import { reserveUserSignal } from './terminal/interrupt.js';

reserveUserSignal();
const { guard, guardStreams } = await import('./program.js');
guardStreams();
await guard(async () => {
  // Where the folder is gone, this call fails with a clear error; others would name a file.
  process.cwd();
  const { program } = await import('./commands.js');
  await program().parseAsync(process.argv);
});
