/** metrics.jsonl as a run goes on: what is kept, what is restored from the checkpoint, and what is refused. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { createBackend, createModel, type EpochReport, trainModel } from '../../src/index.js';
import { DiskFolder } from '../../src/platform/node/files/folder-store.js';
import { addMetrics, keepMetrics } from '../../src/runs/metrics-file.js';
import { suiteInFolder } from '../support/cli/cli.js';
import { rejection } from '../support/throws.js';
import { squares } from '../support/training/squares.js';

const test = suiteInFolder('metrics file');
const ADVICE = 'restore the file from a copy, or start a new run';

/** The reports of three epochs on two classes, so that no field is missing. */
const reports: EpochReport[] = [];
/** As they are written. */
const lines: string[] = [];

test.before(async () => {
  const model = createModel({ filters: [2, 2, 2], classes: 3 }, { backend: createBackend() });
  const dataset = squares({ classes: 2, train: 2 });
  for await (const report of trainModel(model, dataset, { epochs: 3 })) reports.push(report);
});
test.before.each(async ({ dir }) => {
  lines.length = 0;
  for (const report of reports) lines.push(await addMetrics(new DiskFolder(dir), report));
});

const fileIn = (dir: string) => join(dir, 'metrics.jsonl');
const folderOf = (file: string) => new DiskFolder(dirname(file));
const textOf = (kept: readonly string[]) => kept.map((line) => `${line}\n`).join('');

/** The reports that are kept, and what the user is told. */
async function keep(file: string, epochs: number, stored?: readonly string[]) {
  const told: string[] = [];
  const kept = await keepMetrics(folderOf(file), epochs, stored, (line) => told.push(line));
  assert.equal(kept.lines, lines.slice(0, epochs));
  assert.equal(
    kept.reports,
    kept.lines.map((line) => JSON.parse(line)),
  );
  assert.is(readFileSync(file, 'utf8'), textOf(kept.lines));
  return told;
}

test('the lines of the epochs of the checkpoint are kept, those after it go', async ({ dir }) => {
  const file = fileIn(dir);
  const fourth = lines[2]!.replace('"epoch":3', '"epoch":4');
  for (const rest of ['', `${fourth}\n`, `${fourth}\n{"epoch":5,`, fourth, '{"ep', '\n\n', 'rubbish\n']) {
    for (const stored of [undefined, lines, lines.slice(1)]) {
      writeFileSync(file, textOf(lines) + rest);
      assert.equal(await keep(file, 3, stored), []);
    }
  }
  assert.equal(await keep(file, 1, lines.slice(0, 1)), []);
  assert.equal(await keep(file, 0), []);
});

test('a line that is missing, cut or another one is restored from the checkpoint, which is said', async ({ dir }) => {
  const file = fileIn(dir);
  for (const [text, line, what] of [
    [textOf(lines.slice(0, 2)), 3, 'is missing'],
    [textOf(lines).slice(0, -1), 3, 'is missing'],
    ['', 1, 'is missing'],
    [textOf([lines[0]!, '{"epoch":2}', lines[2]!]), 2, 'is not as it was written'],
    [textOf(lines).replace('"best":true', '"best":1'), 1, 'is not as it was written'],
  ] as const) {
    writeFileSync(file, text);
    assert.equal(await keep(file, 3, lines), [`${file}: line ${line} ${what}; restored from the checkpoint`]);
  }
  // The checkpoint of a long training has the last lines only.
  writeFileSync(file, textOf(lines.slice(0, 1)));
  assert.equal(await keep(file, 3, lines.slice(1)), [`${file}: line 2 is missing; restored from the checkpoint`]);
  rmSync(file);
  assert.equal(await keep(file, 3, lines), [`${file}: line 1 is missing; restored from the checkpoint`]);
});

test('where the checkpoint has none, a line that is missing, cut or another one is named', async ({ dir }) => {
  const file = fileIn(dir);
  const [first, second] = lines as [string, string];
  for (const [text, at, found] of [
    [`${first}\n`, 2, 'the end of the file'],
    [`${first}\n${second}`, 2, 'the end of the file'],
    [`${first}\n{"epo\n`, 2, '"{\\"epo"'],
    [`${second}\n${second}\n`, 1, `${JSON.stringify(second).slice(0, 80)}…`],
    [`null\n${second}\n`, 1, '"null"'],
    [`{"epoch":"1"}\n${second}\n`, 1, '"{\\"epoch\\":\\"1\\"}"'],
    ['', 1, 'the end of the file'],
  ] as const) {
    writeFileSync(file, text);
    assert.is(
      await rejection(keepMetrics(folderOf(file), 2)),
      `${file}, line ${at}: expected the report of epoch ${at}, found ${found}; ${ADVICE}`,
    );
    assert.is(readFileSync(file, 'utf8'), text);
  }
});

/** Every field of a value of JSON, the fields in fields too, as `validation.heads[0].dice`. */
function fieldsOf(value: object, path = ''): { path: string; parent: object; key: string }[] {
  return Object.entries(value).flatMap(([key, field]) => {
    const own = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const below = typeof field === 'object' && field !== null ? fieldsOf(field, own) : [];
    return [{ path: own, parent: value, key }, ...below];
  });
}

test('every field of a line has its type, or is named with what it is and what is expected', async ({ dir }) => {
  const file = fileIn(dir);
  const paths = fieldsOf(JSON.parse(lines[1]!)).map(({ path }) => path);
  let tried = 0;
  for (const path of paths) {
    if (path === 'epoch' || path === 'memoryBytes') continue;
    const report = JSON.parse(lines[1]!);
    const { parent, key } = fieldsOf(report).find((field) => field.path === path)!;
    Object.assign(parent, { [key]: null });
    writeFileSync(file, textOf([lines[0]!, JSON.stringify(report)]));
    const message = await rejection(keepMetrics(folderOf(file), 2));
    assert.ok(message.startsWith(`${file}, line 2: ${path} is null, expected `), `${path}: ${message}`);
    assert.ok(message.endsWith(`; ${ADVICE}`), message);
    tried++;
  }
  assert.ok(tried > 90, `${tried} fields`);
});

test.run();
