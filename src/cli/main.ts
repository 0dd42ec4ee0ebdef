#!/usr/bin/env node
/**
 * The command line: `unetpp COMMAND`, and through train.js `node train.js` for `unetpp train`. It listens to signals
 * before it loads anything else; and the commands are loaded, not imported, so that what goes wrong with that is one
 * line, too.
 */
import { reserveUserSignal } from './terminal/interrupt.js';

reserveUserSignal();
const { guard, guardStreams } = await import('./program.js');
guardStreams();
await guard(async () => {
  // Where the folder is gone, this is the call that says so; others would name a file.
  process.cwd();
  const { program } = await import('./commands.js');
  await program().parseAsync(process.argv);
});
