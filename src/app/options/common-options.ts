/** Options that every command has. */
import type { OptionTable } from './option.js';
import { onOrOff } from './parsers.js';

export const commonOptions = {
  json: {
    flag: '--json',
    parse: onOrOff,
    help: 'print the result as one JSON object, the last line of stdout',
    default: { unset: '' },
    affects: 'output',
  },
  quiet: {
    flag: '--quiet',
    parse: onOrOff,
    help: 'no progress on stderr',
    default: { unset: '' },
    affects: 'output',
  },
} as const satisfies OptionTable;
