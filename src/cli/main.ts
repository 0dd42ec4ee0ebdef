#!/usr/bin/env node
/**
 * The command line: `unetpp COMMAND`, and through train.js `node train.js` for `unetpp train`. The commands are loaded
 * here, not imported, so that what goes wrong while they are loaded is one line, too.
 */
import { guard, guardStreams } from './program.js';

guardStreams();
await guard(async () => {
  const { program } = await import('./commands.js');
  await program().parseAsync(process.argv);
});
