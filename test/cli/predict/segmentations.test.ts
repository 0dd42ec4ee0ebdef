/** DICOM segmentations as the masks of a data folder: what predict wrote of series trains on these series. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel, openDataset } from '../../../src/index.js';
import { sliceOf } from '../../fixtures/dicom.js';
import { disc, json, listing, put, refused, suiteInFolder, unetpp } from '../../support/cli/cli.js';

const test = suiteInFolder('cli: DICOM segmentations');
const predict = ['predict', '--model', 'model.safetensors', '--input', 'data/images', '--out', 'out'];

/** Three series of three slices of 4 x 3 pixels, the files of each in a folder, and a model of two classes. */
async function putSeries(dir: string, classNames: readonly string[] = ['core', 'rim']): Promise<void> {
  for (const [k, name] of ['a', 'b', 'c'].entries()) {
    for (const z of [0, 1, 2]) {
      const source = sliceOf('slice', 1000 * k + 100 * z, { position: [0, 0, 5 * z], series: `1.2.3.${k}` });
      put(dir, `data/images/${name}/${9 - z}.dcm`, await source.read(0, source.size));
    }
  }
  const model = createModel({ filters: [3, 5], classes: 3 }, { seed: 5 });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'zscore' }, classNames });
  await model.save(join(dir, 'model.safetensors'));
}

test('masks that predict wrote are read again: labels, and names of classes', async ({ dir }) => {
  await putSeries(dir);
  json(dir, [...predict, '--instances']);
  const results = ['a-labels.npy', 'a-objects.csv', 'a-overlay.png', 'a.dcm'];
  assert.equal(listing(join(dir, 'out')).slice(0, 4), results, '16 bits have no place in a DICOM segmentation');
  for (const name of ['a', 'b', 'c']) cpSync(join(dir, `out/${name}.dcm`), join(dir, `data/masks/${name}.dcm`));
  const { classNames, records } = await openDataset(join(dir, 'data'), { size: 4, seed: 1 });
  assert.equal([classNames, records.size], [['core', 'rim'], 9]);
  const seen = new Set<number>();
  for (const record of records.values()) for (const label of (await record.read()).mask.data) seen.add(label);
  assert.ok(seen.size > 1, 'the masks are not empty');

  const network = ['--filters', '2,4', '--size', '8', '--normalise', 'zscore', '--epochs', '1', '--out', 'run'];
  json(dir, ['train', '--data', 'data', ...network]);
  assert.equal(json(dir, ['info', '--model', 'run/model.safetensors']).classNames, ['core', 'rim']);
  // The model that wrote the masks scores the highest against them, so that each lies where it was.
  const evaluated = ['evaluate', '--model', 'model.safetensors', '--data', 'data', '--subset', 'all'];
  assert.is(json(dir, evaluated).pooledDice, 1);
});

test('segmentations that number their classes differently, and those of pictures, are refused', async ({ dir }) => {
  for (const [folder, classNames] of [
    ['one', ['core', 'rim']],
    ['two', ['rim', 'core']],
  ] as const) {
    await putSeries(dir, classNames);
    json(dir, [...predict.slice(0, -1), folder]);
  }
  for (const [name, folder] of [
    ['a', 'one'],
    ['b', 'two'],
    ['c', 'one'],
  ]) {
    cpSync(join(dir, `${folder}/${name}.dcm`), join(dir, `data/masks/${name}.dcm`));
  }
  const train = ['train', '--data', 'data', '--out', 'run'];
  const names = 'segment 1 is "rim", and "core" in data/masks/a.dcm';
  refused(dir, train, `data/masks/b.dcm: ${names}; number the segments of all files alike`);

  rmSync(join(dir, 'data'), { recursive: true });
  put(dir, 'data/images/a.png', disc(4, 3));
  cpSync(join(dir, 'one/a.dcm'), join(dir, 'data/masks/a.dcm'));
  const what = 'a DICOM segmentation, and data/images/a.png is PNG';
  refused(dir, train, `data/masks/a.dcm: ${what}; give the DICOM files that it is of, or save it as PNG`);
});

test('segmentations beside the images that are predicted are passed over, whatever series they are of', async ({
  dir,
}) => {
  await putSeries(dir);
  json(dir, predict);
  for (const z of [7, 8, 9]) cpSync(join(dir, `data/images/a/${z}.dcm`), join(dir, `in/${z}.dcm`));
  for (const name of ['a', 'b']) cpSync(join(dir, `out/${name}.dcm`), join(dir, `in/${name}-seg.dcm`));
  const folder = [...predict.slice(0, 4), 'in', '--out', 'again'];
  const said = (name: string) =>
    `remark    in/${name}-seg.dcm: It is a DICOM segmentation, a mask: it is passed over.\n`;
  assert.is(unetpp(dir, folder).stderr, `${said('a')}${said('b')}`);
  assert.equal(listing(join(dir, 'again')), ['in-overlay.png', 'in.dcm']);
  const { images, skipped } = json(dir, folder);
  assert.equal([images, skipped], [3, ['in/a-seg.dcm', 'in/b-seg.dcm']]);

  for (const z of [7, 8, 9]) rmSync(join(dir, `in/${z}.dcm`));
  refused(dir, folder, 'in: holds 2 DICOM segmentations and no image; give the folder of the images');
});

test.run();
