/** `npm run docs`: writes docs/commands.md from the options that the commands declare. */
import { writeFileSync } from 'node:fs';
import { commandReference } from '../dist/src/cli/command-reference.js';
import { commands } from '../dist/src/cli/commands.js';

writeFileSync(new URL('../docs/commands.md', import.meta.url), commandReference(commands));
