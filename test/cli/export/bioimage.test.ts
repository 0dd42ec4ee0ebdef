/** `unetpp export --format bioimage`: a package that fits together, on the phantom or on an image of the user's. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readPackage } from '../../../src/export/bioimage/check.js';
import { createModel, type ModelCard } from '../../../src/index.js';
import { disc, json, listing, put, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli export bioimage');
const call = (...more: readonly string[]) =>
  ['export', '--model', 'model.safetensors', '--format', 'bioimage', '--out', 'brain.zip', ...more] as const;

async function putModel(dir: string, card: Partial<ModelCard> = {}): Promise<void> {
  const model = createModel({ filters: [3, 4, 5] }, { seed: 5 });
  model.adopt({ ...model.card, ...card });
  await model.save(join(dir, 'model.safetensors'));
}

const packageIn = (dir: string) => readPackage(new Uint8Array(readFileSync(join(dir, 'brain.zip'))), 'brain.zip');

test('a package on the phantom, replaced by the next', async ({ dir }) => {
  await putModel(dir);
  const result = json(dir, call());
  const { maxDifference, ...rest } = result as { maxDifference: number };
  assert.ok(maxDifference < 1e-5, `${maxDifference}`);
  assert.equal(rest, {
    files: [{ path: 'brain.zip', bytes: statSync(join(dir, 'brain.zip')).size }],
    image: { width: 64, height: 64 },
    remarks: ['it names no author (--author) and no licence (--license), which collections of models ask for'],
  });
  assert.equal((await packageIn(dir)).input.shape, [1, 1, 64, 64]);
  const before = readFileSync(join(dir, 'brain.zip'));
  json(dir, call());
  assert.equal(readFileSync(join(dir, 'brain.zip')), before);
  assert.equal(listing(dir), ['brain.zip', 'model.safetensors']);
});

test('one head, an image, and what is said of the model', async ({ dir }) => {
  await putModel(dir, { thresholds: { L1: 0.01 } });
  put(dir, 'scan.png', disc(37, 53));
  const about = ['--name', 'My scans', '--author', 'Ada Lovelace; University of London', '--author', 'G. Hopper'];
  const { code, stdout, stderr } = unetpp(dir, [
    ...call('--mode', 'L1', '--image', 'scan.png', '--license', 'MIT', '--description', 'Finds discs.'),
    ...about,
  ]);
  assert.equal([code, stderr], [0, '']);
  assert.match(
    stdout,
    /^brain\.zip {2}[\d,]+ bytes\nlargest difference from the model on a test image of 38x54: \S+\n$/,
  );
  const { description, input, output } = await packageIn(dir);
  const { name, authors, license } = description;
  assert.equal(
    [name, description.description, authors, license],
    [
      'My scans',
      'Finds discs.',
      [{ name: 'Ada Lovelace', affiliation: 'University of London' }, { name: 'G. Hopper' }],
      'MIT',
    ],
  );
  assert.equal(
    [input.shape, output.shape],
    [
      [1, 1, 54, 38],
      [1, 1, 54, 38],
    ],
  );
  assert.equal(description.outputs[0]!.postprocessing[0], { id: 'binarize', kwargs: { threshold: 0.01 } });
});

test('a fixed size', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'scan.png', disc(37, 53));
  const { image } = json(dir, call('--size', '40x32', '--image', 'scan.png'));
  assert.equal(image, { width: 40, height: 32 });
  const { description } = await packageIn(dir);
  assert.equal(
    description.inputs[0]!.axes.map(({ size }) => size),
    [undefined, undefined, 32, 40],
  );
  refused(dir, call('--size', '41', '--force'), 'size 41x41: a network of depth 2 needs a multiple of 4; use 40 or 44');
});

test('wrong options are refused, and nothing is written', async ({ dir }) => {
  await putModel(dir, { thresholds: { accurate: 1 } });
  const invalid = (option: string, value: string, expected: string) =>
    refused(
      dir,
      call(option.split(' ')[0]!, value),
      `option '${option}' argument '${value}' is invalid. Expected ${expected}; see unetpp export --help`,
    );
  invalid('--name <text>', 'Mole', 'a name of 5 to 128 letters (a to z), digits, spaces and _+-()');
  const author = 'a name without slashes, perhaps with an affiliation: "Ada Lovelace; University of London"';
  for (const wrong of ['', 'a/b', '; London', 'Ada;', 'Ada; London; Paris']) invalid('--author <text>', wrong, author);
  invalid('--description <text>', 'x'.repeat(1025), 'a line of 1 to 1024 characters; found 1025');
  const licences =
    'one of Apache-2.0, BSD-2-Clause, BSD-3-Clause, CC-BY-4.0, CC-BY-NC-4.0, CC-BY-NC-ND-4.0, CC-BY-NC-SA-4.0, CC-BY-ND-4.0, CC-BY-SA-4.0, CC0-1.0, GPL-2.0-or-later, GPL-3.0-only, GPL-3.0-or-later, AGPL-3.0-only, LGPL-3.0-or-later, MIT, MPL-2.0';
  invalid('--license <id>', 'mit', licences);
  refused(dir, call('--weights', 'f16'), '--weights: --format bioimage does not take it; it belongs to edge, c');
  const torch = ['export', '--model', 'model.safetensors', '--format', 'torch', '--out', 'torch', '--name', 'My scans'];
  refused(dir, torch, '--name: --format torch does not take it; it belongs to bioimage');
  const nothing = 'model.safetensors: nothing is above 1 in the test image, which leaves nothing to compare';
  refused(dir, call(), `${nothing}; give an image of what it finds by --image`);
  refused(dir, call('--image', 'no.png'), 'no.png: cannot be read: there is no such file; check the path (ENOENT)');
  put(dir, 'brain.zip', Buffer.from('PK'));
  const foreign = 'exists, and is not a BioImage.IO package that unetpp wrote';
  refused(dir, call(), `brain.zip: ${foreign}; give another name, or replace it with --force`);
});

test.run();
