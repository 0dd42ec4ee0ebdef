/** The names of the classes of a data folder, in the model and in what is made with it. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { encodePng } from '../../../src/index.js';
import { disc, json, put, refused, suiteInFolder, TINY, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli: names of classes');
const MODEL = 'run/model.safetensors';

/** Masks with two halves. */
function putData(dir: string): void {
  const data = Uint8Array.from({ length: 32 * 32 }, (_, i) => [0, 1, 2][Math.floor((3 * (i % 32)) / 32)]!);
  for (const name of ['a', 'b', 'c', 'd']) {
    put(dir, `data/images/${name}.png`, disc(32, 32 + name.charCodeAt(0)));
    const height = 32 + name.charCodeAt(0);
    const mask = new Uint8Array(32 * height).map((_, i) => data[i % data.length]!);
    put(dir, `data/masks/${name}.png`, encodePng({ width: 32, height, channels: 1, data: mask }));
  }
}

test('training stores them; info, evaluate and the table of objects show them', ({ dir }) => {
  putData(dir);
  const train = ['train', '--data', 'data', ...TINY, '--epochs', '1', '--out'];
  json(dir, [...train, 'unnamed']);
  assert.is(json(dir, ['info', '--model', 'unnamed/model.safetensors']).classNames, null);

  put(dir, 'data/classes.json', '["core", "rim, outer"]');
  json(dir, [...train, 'run']);
  assert.equal(json(dir, ['info', '--model', MODEL]).classNames, ['core', 'rim, outer']);
  assert.match(unetpp(dir, ['info', '--model', MODEL]).stdout, '\nclasses   core, rim, outer\n');

  const evaluated = ['evaluate', '--model', MODEL, '--data', 'data'];
  assert.equal(json(dir, evaluated).classNames, ['core', 'rim, outer']);
  assert.match(unetpp(dir, evaluated).stdout, '\nmode accurate, by class: 1 core, 2 rim, outer\n');

  json(dir, ['predict', '--model', MODEL, '--input', 'data/images/a.png', '--out', 'out', '--instances']);
  const [header, ...rows] = readFileSync(join(dir, 'out/a-objects.csv'), 'utf8').trimEnd().split('\r\n');
  assert.match(header!, /^label,class,class_name,area_px,/);
  assert.ok(rows.length > 0);
  for (const row of rows) assert.match(row, /^\d+,(?:1,core|2,"rim, outer"),\d/);
});

test('evaluate and compare refuse data that calls or numbers the classes otherwise', ({ dir }) => {
  putData(dir);
  const names = (...classNames: string[]) => put(dir, 'data/classes.json', JSON.stringify(classNames));
  const train = ['train', '--data', 'data', ...TINY, '--epochs', '1', '--out'];
  json(dir, [...train, 'unnamed']);
  names('core', 'rim');
  json(dir, [...train, 'run']);
  const measure = (model: string) => ['evaluate', 'compare'].map((name) => [name, '--model', model, '--data', 'data']);

  names('rim', 'core');
  const order = `data has the classes ["rim","core"], ${MODEL} ["core","rim"]; give its classes the order of the model's`;
  for (const args of measure(MODEL)) refused(dir, args, order);
  names('core', 'edge');
  const other = `data has the classes ["core","edge"], ${MODEL} ["core","rim"]; give its classes the names of the model's`;
  for (const args of measure(MODEL)) refused(dir, args, other);

  // Where one side has no names, and where the names are the same, nothing is to be compared.
  json(dir, measure('unnamed/model.safetensors')[0]!);
  rmSync(join(dir, 'data/classes.json'));
  for (const args of measure(MODEL)) json(dir, args);
});

test.run();
