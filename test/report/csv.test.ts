import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeCsv } from '../../src/report/csv.js';

test('cells are separated by commas, lines end with CRLF, null is empty', () => {
  const rows = [
    ['a', 0.1, null],
    ['b', 1e-7, -3],
  ];
  assert.is(encodeCsv(['name', 'x', 'y'], rows), 'name,x,y\r\na,0.1,\r\nb,1e-7,-3\r\n');
});

test('a text with a comma, a quote or a line break is quoted', () => {
  assert.is(
    encodeCsv(['a,b'], [['say "x"'], ['two\nlines'], ['a b']]),
    '"a,b"\r\n"say ""x"""\r\n"two\nlines"\r\na b\r\n',
  );
});

test.run();
