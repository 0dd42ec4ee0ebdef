/** What is written from the source is written anew whenever the source changes. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandReference } from '../../src/cli/command-reference.js';
import { commands } from '../../src/cli/commands.js';

test('docs/commands.md is what `npm run docs` writes', () => {
  const written = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  assert.fixture(written, commandReference(commands), 'call `npm run docs`');
});

test.run();
