/** `unetpp runs`: every run is a line, whatever its folder holds, and two runs are compared. */
import { appendFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { put, refused, suiteInFolder, TINY, unetpp } from '../support/cli/cli.js';

const test = suiteInFolder('unetpp runs');

test('whole, interrupted, damaged and half-written runs are lines of the table, in the order that is asked for', ({
  dir,
}) => {
  const train = ['train', ...TINY, '--epochs', '1', '--split', '8,2,0', '--quiet'];
  assert.is(unetpp(dir, [...train, '--out', 'a']).code, 0);
  assert.is(unetpp(dir, [...train, '--out', 'b', '--lr', '0.1']).code, 0);
  for (const name of ['a', 'b']) cpSync(join(dir, name), join(dir, 'all', name), { recursive: true });
  cpSync(join(dir, 'a'), join(dir, 'all/deep/er/cut'), { recursive: true });
  rmSync(join(dir, 'all/deep/er/cut/report.json'));
  appendFileSync(join(dir, 'all/deep/er/cut/metrics.jsonl'), '{"epoch":2,"see');
  cpSync(join(dir, 'a'), join(dir, 'all/odd'), { recursive: true });
  put(dir, 'all/odd/config.json', '{"epochs": ');
  put(dir, 'all/empty/metrics.jsonl', '');
  put(dir, 'all/none/notes.txt', 'no run');

  const { code, stdout } = unetpp(dir, ['runs', 'all', '--json']);
  assert.is(code, 0);
  const found: { run: string; state: string; damage?: string; dice: number | null; options: Record<string, string> }[] =
    JSON.parse(stdout);
  assert.equal(
    found.map(({ run, state, damage }) => [run, state, damage]),
    [
      ['all/a', 'done', undefined],
      ['all/b', 'done', undefined],
      ['all/deep/er/cut', 'interrupted', undefined],
      ['all/empty', 'broken', 'config.json is missing'],
      ['all/odd', 'broken', 'config.json is damaged'],
    ],
  );
  assert.is(found[1]!.options.lr, '0.1');
  const sorted: { dice: number | null }[] = JSON.parse(unetpp(dir, ['runs', 'all', '--json', '--sort', 'dice']).stdout);
  const dice = sorted.map((run) => run.dice ?? -1);
  assert.equal(
    dice,
    dice.toSorted((a, b) => b - a),
  );
  const lines = unetpp(dir, ['runs', 'all/']).stdout;
  assert.match(lines, /all\/b +--lr 0\.1\n/);
  assert.match(lines, /all\/odd: config\.json is damaged\n/);

  const compared = unetpp(dir, ['runs', 'a', 'b']).stdout;
  assert.match(compared, /^1 option that differs, on the same images\n/);
  assert.match(compared, /\n--lr +0\.01 +0\.1\n/);
  assert.match(unetpp(dir, ['runs', 'a', 'all/a']).stdout, /^no option differs, on the same images\n/);
  refused(dir, ['runs', 'a', 'all/none'], 'all/none: no run, as it has no config.json; give the folders of two runs');
  refused(dir, ['runs', 'nowhere'], 'nowhere: cannot be read: there is no such folder; give one with runs (ENOENT)');
});

test.run();
