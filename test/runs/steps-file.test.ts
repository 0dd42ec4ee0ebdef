/** steps.jsonl as a run begins and goes on: what is kept, what is cut off, and what is written. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DiskFolder } from '../../src/platform/node/files/folder-store.js';
import { StepsFile } from '../../src/runs/steps-file.js';
import { suiteInFolder } from '../support/cli/cli.js';

const test = suiteInFolder('steps file');
const line = (step: number) => `{"step":${step},"epoch":1}\n`;

test('a run that begins has an empty file, and gets a line every so many steps', async ({ dir }) => {
  const path = join(dir, 'steps.jsonl');
  const file = new StepsFile(new DiskFolder(dir), 3);
  await file.begin({ steps: 0 });
  assert.ok(existsSync(path));
  const report = { epoch: 1, loss: 0.5, heads: [0.5], learningRate: 0.1, gradientNorm: 2, seconds: 1 };
  for (let step = 1; step <= 7; step++) await file.step({ step, ...report });
  const expected = [3, 6].map((step) => `${JSON.stringify({ step, ...report })}\n`);
  assert.is(readFileSync(path, 'utf8'), expected.join(''));
});

test('lines after the checkpoint, and one that is cut short, go; all before stay as they are', async ({ dir }) => {
  const path = join(dir, 'steps.jsonl');
  for (const [text, steps, kept] of [
    [line(1) + line(2) + line(3), 2, line(1) + line(2)],
    [line(1) + line(2), 2, line(1) + line(2)],
    [`${line(1)}{"step":2,"ep`, 2, line(1)],
    [line(4), 0, ''],
    [`rubbish\n${line(2)}null\n${line(3)}`, 2, `rubbish\n${line(2)}null\n`],
    ['', 5, ''],
  ] as const) {
    writeFileSync(path, text);
    await new StepsFile(new DiskFolder(dir), 1).begin({ steps });
    assert.is(readFileSync(path, 'utf8'), kept);
  }
});

test.run();
