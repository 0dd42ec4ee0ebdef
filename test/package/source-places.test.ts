/** The runner of the tests tells where in the sources a test has failed. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inSources } from '../support/source-places.js';

const OWN = 'test/package/source-places.test.ts';

function broken(): Error {
  // These lines are not in what is run.
  type Line = string;
  const line: Line = 'broken';
  return new Error(line);
}

test('places in dist become places in TypeScript', async () => {
  const lines = readFileSync(new URL(`../../../${OWN}`, import.meta.url), 'utf8').split('\n');
  const row = lines.findIndex((text) => text.includes('return new Error')) + 1;
  const column = lines[row - 1]!.indexOf('new') + 1;
  const stack = (await inSources(broken().stack!)).split('\n');
  assert.is(stack[1], `    at broken (${OWN}:${row}:${column})`);
});

test('other places stay', async () => {
  const { href } = new URL('../none.js:1:2', import.meta.url);
  for (const text of ['at /elsewhere/dist/src/index.js:1:2', `at ${href}`, 'no place at all']) {
    assert.is(await inSources(text), text);
  }
});

test.run();
