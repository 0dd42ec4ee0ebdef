/** The search of block sizes: how it changes constants, and how it compares times. Nothing here is about speed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CANDIDATES, CONSTANTS, timesOf } from '../../bench/blocks/search.js';
import { type Variables, withVariables } from '../../bench/blocks/variables.js';
import { unetppAlone } from '../support/cli/cli.js';

const SEARCH = fileURLToPath(new URL('../../bench/blocks/index.js', import.meta.url));
const MODULE = new URL('../../src/backend/wasm/kernels/winograd-pass.js', import.meta.url);

test('every constant that is searched is declared once in the compiled kernels', () => {
  const changed = withVariables(readFileSync(MODULE, 'utf8'), CONSTANTS);
  for (const name of CONSTANTS) assert.match(changed, new RegExp(`^let ${name} = `, 'm'));
});

test('constants become variables, and their users see what is set', async () => {
  const source = 'const A = 2 * 3;\nconst B = 1;\nexport const sum = () => A + B;\n';
  const code = withVariables(source, ['A']);
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const { present, setVariables, sum }: Variables<'A'> & { sum(): number } = await import(url);
  assert.equal(present, { A: 6 });
  assert.is(sum(), 7);
  setVariables({ A: 40 });
  assert.is(sum(), 41);
});

test('a constant that is no longer there is an error', () => {
  const lost = (source: string, found: number) => {
    assert.throws(
      () => withVariables(source, ['A']),
      (error: Error) => error.message === `internal: const A is declared ${found} times, expected once`,
    );
  };
  lost('const B = 1;\n', 0);
  lost('export const A = 1;\n', 0);
  lost('const A = 1;\nconst A = 2;\n', 2);
});

test('times are compared within each round', () => {
  const present = { ms: [10, 20, 30], bits: 'a' };
  assert.equal(timesOf({ ms: [5, 25, 20], bits: 'a' }, present), { ms: 20, ratio: 1.5, wins: 2, sameBits: true });
  assert.is(timesOf({ ms: [1, 1, 1], bits: 'b' }, present).sameBits, false);
});

test('the search names what it changes, and whether the bits stay', () => {
  const args = ['--filters', '8,16', '--size', '32', '--rounds', '1', '--constants', 'GRADIENT_BLOCK'];
  const { code, stdout, stderr } = unetppAlone('.', args, SEARCH);
  assert.is(code, 0, stderr);
  const rows = stdout.split('\n').filter((line) => line.startsWith('| GRADIENT_BLOCK'));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  const values = ['64, present', ...CANDIDATES.GRADIENT_BLOCK.map(String), '64, again'];
  assert.equal(
    cells.slice(0, 6).map((row) => row[2]),
    values,
  );
  assert.equal(
    cells.slice(0, 6).map((row) => row[6]),
    Array(6).fill('yes'),
  );
  assert.equal(
    cells.slice(0, 2).map((row) => row[10]),
    ['yes', 'no'],
  );
});

test('an unknown constant is refused', () => {
  const help = 'see npm run search:blocks -- --help';
  const { code, stderr } = unetppAlone('.', ['--constants', 'TILE'], SEARCH);
  assert.is(code, 2);
  assert.match(stderr, help);
});

test.run();
