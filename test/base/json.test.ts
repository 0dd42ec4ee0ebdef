import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson } from '../../src/base/json.js';
import { printable, show } from '../../src/base/show.js';
import { parseClasses } from '../../src/data/folder/class-masks.js';
import { parsePatients } from '../../src/data/split/patients.js';
import { parseSplit } from '../../src/data/split/split.js';
import { throwsInput } from '../support/throws.js';

test('broken JSON is placed', () => {
  const at = (text: string, line: number, column: number) =>
    throwsInput(() => parseJson(text, 'f.json'), `f.json: not valid JSON at line ${line}, column ${column}`);
  at('', 1, 1);
  at('{"train": ["a",]}', 1, 16);
  at('{\n  "train": ["a" "b"]\n}', 2, 17);
  at('{\n  "train": ["a"],\n}', 3, 1);
  at('{"train" ["a"]}', 1, 10);
  at('{"train": ["a"]} x', 1, 18);
  at('{"a": 1.5e3, "b": -0, "c": "\\u00e9\\n", "d": nul}', 1, 45);
  at("{'a': 1}", 1, 2);
  at('["a', 1, 2);
  at('["\\x"]', 1, 2);
  at('[TRUE]', 1, 2);
  at('{"a": [[{}, []], 01]}', 1, 19);
});

/** `text` inside of `levels` lists. */
function nested(text: string, levels: number): string {
  return '['.repeat(levels) + text + ']'.repeat(levels);
}

test('what is nested without end is placed, whole or broken, in every file', () => {
  const parsers: readonly ((text: string, file: string) => unknown)[] = [
    parseJson,
    (text, file) => parseSplit(text, [], file),
    (text, file) => parsePatients(text, [], file),
    parseClasses,
  ];
  const fault = (column: number) =>
    `f.json: JSON nested more than 64 levels deep at line 2, column ${column}; correct the file`;
  for (const parse of parsers) {
    throwsInput(() => parse(`\n${nested('', 100_000)}`, 'f.json'), fault(65));
    throwsInput(() => parse(`\n${'['.repeat(100_000)}`, 'f.json'), fault(65));
    throwsInput(() => parse(`{\n"a": ${nested('1', 100_000)}}`, 'f.json'), fault(69));
  }
  assert.equal(JSON.stringify(parseJson(nested('', 64), 'f.json')), nested('', 64));
  const brackets = `"${'['.repeat(100)}\\"${'{'.repeat(100)}"`;
  assert.is(parseJson(brackets, 'f.json'), `${'['.repeat(100)}"${'{'.repeat(100)}`);
});

test('a value is shown on one short line, whatever it is', () => {
  assert.is(show({ a: [1, 'b', null, true], 'c"': undefined }), '{"a":[1,"b",null,true],"c\\"":nothing}');
  assert.is(show([Number.NaN, -1.5, Number.POSITIVE_INFINITY, 3n]), '[NaN,-1.5,Infinity,3]');
  assert.is(show('x'.repeat(78)), `"${'x'.repeat(78)}"`);
  assert.is(show('x'.repeat(79)), `"${'x'.repeat(79)}…`);
  assert.is(show({ ['k'.repeat(1e6)]: 'v'.repeat(1e6) }), `{"${'k'.repeat(78)}…`);
  assert.is(show(Array(30).fill(0)), `[${'0,'.repeat(20)}…]`);
  assert.is(show(JSON.parse(nested('', 100_000))), '[[[[…]]]]');
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  assert.is(show(circular), '{"self":{"self":{"self":{…}}}}');
  // 80 characters end within an emoji of two.
  assert.is(show(`${'x'.repeat(78)}😀`), `"${'x'.repeat(78)}…`);
});

test('what a terminal obeys is written out', () => {
  assert.is(show('\u001b[2J\u009b1m\u007f\u202e\n'), '"\\u001b[2J\\u009b1m\\u007f\\u202e\\n"');
  assert.is(show({ '\u001b]0;title\u0007': 1 }), '{"\\u001b]0;title\\u0007":1}');
  assert.is(printable('a\u001b[31mb\r\n\tÄ 脳 \u2066c\u2069'), 'a\\u001b[31mb\\u000d\n\tÄ 脳 \\u2066c\\u2069');
});

test.run();
