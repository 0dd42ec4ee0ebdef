/** Values of JSON changed at random: wrong types, numbers out of range, keys that objects have by themselves, deep nesting. */
import type { Random } from '../../../src/base/random.js';
import { pick } from '../campaign.js';

/** As JSON, since some can be written but not held. */
const VALUES = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '0.5',
  '1e999',
  '1e-999',
  '4294967296',
  '9007199254740993',
  '1e300',
  '""',
  '" "',
  '"__proto__"',
  '"\\ud800"',
  '"\\u001b[31m"',
  '"a\\nb"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"length":-1}',
  '[1,2,3]',
  '["a","a"]',
];
const KEYS = ['__proto__', 'constructor', 'toString', 'length', '', '0', 'train', 'patient', 'name'];

/** JSON as it is written: numbers that cannot be held, and keys that come twice. */
type Tree = string | { readonly items: readonly Tree[] } | { readonly fields: readonly (readonly [string, Tree])[] };

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return { fields: Object.entries(value).map(([key, item]) => [key, treeOf(item)]) };
}

function textOf(tree: Tree): string {
  if (typeof tree === 'string') return tree;
  if ('items' in tree) return `[${tree.items.map(textOf)}]`;
  return `{${tree.fields.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item)}`)}}`;
}

/** The text of `value` with one to three of the values in it changed. */
export function mutateJson(value: unknown, random: Random): string {
  let tree = treeOf(value);
  for (let rounds = 1 + random.integer(3); rounds > 0; rounds--) tree = changeIn(tree, random);
  return textOf(tree);
}

/** With a change somewhere in it. */
function changeIn(tree: Tree, random: Random): Tree {
  if (typeof tree === 'string' || random.integer(5) === 0) return someValue(random);
  if ('items' in tree) {
    const items = tree.items.map((item) => ['', item] as const);
    return { items: changeEntries(items, random).map(([, item]) => item) };
  }
  return { fields: changeEntries(tree.fields, random) };
}

type Entries = readonly (readonly [string, Tree])[];

function changeEntries(entries: Entries, random: Random): Entries {
  const at = random.integer(entries.length + 1);
  const entry = entries[at];
  const added = [pick(random, KEYS), someValue(random)] as const;
  if (!entry) return [...entries, added];
  const [key, item] = entry;
  const instead = [
    [],
    [entry, added],
    [entry, [key, added[1]] as const],
    [[added[0], item] as const],
    ...Array.from({ length: 4 }, () => undefined),
  ][random.integer(8)] ?? [[key, changeIn(item, random)] as const];
  return [...entries.slice(0, at), ...instead, ...entries.slice(at + 1)];
}

/** Nesting is rare, as it is slow, and as deep as no reader follows. */
function someValue(random: Random): Tree {
  if (random.integer(500) > 0) return pick(random, VALUES);
  const depth = 10 ** (1 + random.integer(4));
  const [open, close] = pick(random, [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
}
