/** YAML as it is written here: its exact text, what it reads again, and what it refuses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readYaml, writeYaml, type YamlMap } from '../../src/formats/yaml.js';
import { throwsInput } from '../support/throws.js';

const VALUE = {
  name: 'yes: "no" # 1.5',
  count: 3,
  small: 1e-7,
  large: -2.5e30,
  left: undefined,
  nothing: null,
  axes: ['y', 'x'],
  empty: [],
  none: {},
  'a key': true,
  inputs: [
    { id: 'image', axes: [{ type: 'batch' }, { type: 'space', size: { min: 16, step: 8 } }], range: [0, null] },
    { id: 'two' },
  ],
  nested: [[{ deep: 1 }, { deeper: [2] }], 'text'],
  config: { unetpp: { filters: [2, 3], odd: 'ä\u0085\u2028\n' } },
} satisfies YamlMap;

const TEXT = `name: "yes: \\"no\\" # 1.5"
count: 3
small: 1.0e-7
large: -2.5e+30
nothing: null
axes: ["y", "x"]
empty: []
none: {}
"a key": true
inputs:
  - id: "image"
    axes:
      - type: "batch"
      - type: "space"
        size:
          min: 16
          step: 8
    range: [0, null]
  - id: "two"
nested:
  - - deep: 1
    - deeper: [2]
  - "text"
config:
  unetpp:
    filters: [2, 3]
    odd: "ä\\u0085\\u2028\\n"
`;

test('the text, and what is read from it', () => {
  assert.is(writeYaml(VALUE), TEXT);
  const { left, ...rest } = VALUE;
  assert.is(left, undefined);
  assert.equal(readYaml(TEXT, 'a.yaml'), rest);
});

test('comments, empty lines and lines that end as on Windows', () => {
  assert.equal(readYaml('# first\r\n\r\na:\r\n  # inside\r\n  b: 1\r\n\r\n', 'a.yaml'), { a: { b: 1 } });
  assert.equal(readYaml('', 'a.yaml'), {});
});

test('what is not written so is refused with its line', () => {
  const refused = (text: string, fault: string) => throwsInput(() => readYaml(text, 'a.yaml'), `a.yaml: ${fault}`);
  const json = 'expected a value as JSON writes it, a text in double quotes';
  refused('a: 1\nb: text\n', `line 2: ${json}, found "b: text"`);
  refused('a: [1, 2\n', `line 1: ${json}, found "a: [1, 2"`);
  refused('a: 1\n  b: 2\n', 'line 2: expected 0 spaces before it, found "b: 2"');
  refused('a:\nb: 1\n', 'line 1: expected a value, or a block below it, found "a:"');
  refused('a:\n  b: 1\n c: 2\n', 'line 3: expected 0 spaces before it, found "c: 2"');
  refused('a: 1\n- 2\n', 'line 2: expected a key that begins the line, found "- 2"');
  refused('a: 1\na: 2\n', 'line 2: expected no second "a", found "a: 2"');
  refused('just text\n', 'line 1: expected KEY: VALUE, found "just text"');
});

test.run();
